import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/// Asks a node everything that a cache of its code should hold: `java Train.java http://127.0.0.1:8099`.
final class Train {
  private static final List<String> PAGES =
      List.of(
          "/leader", "/health", "/health/live", "/health/ready", "/metrics", "/openapi", "/swagger/",
          "/swagger/doc.json", "/swagger/swagger-ui.css", "/status?id=none");
  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Train() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String node = args[0];
    for (int leadership = 0; leadership < 2; leadership++) {
      awaitLeader(node);
      for (int i = 0; i < 100; i++) {
        for (String priority : List.of("high", "medium", "low")) {
          post(node, "{\"priority\":\"" + priority + "\",\"payload\":{\"i\":" + i + "}}");
        }
        String id = post(node, "{\"type\":\"sleep\",\"payload\":{\"ms\":5}}").replaceAll(".*\"id\":\"([^\"]*)\".*", "$1");
        get(node, "/status?id=" + id);
      }
      post(node, "{\"type\":\"fail\",\"payload\":{\"error\":\"x\"}}");
      post(node, "{\"priority\":1}");
      for (String page : PAGES) {
        get(node, page);
      }
      send(HttpRequest.newBuilder(URI.create(node + "/leader/resign")).POST(BodyPublishers.noBody()));
    }
    awaitLeader(node);
  }

  private static void awaitLeader(String node) throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      try {
        if (get(node, "/health").contains("\"is_leader\":true")) {
          return;
        }
      } catch (IOException e) {
        // not up yet
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("the node does not lead");
  }

  private static String get(String node, String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(node + path)));
  }

  private static String post(String node, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(node + "/submit"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
  }
}
