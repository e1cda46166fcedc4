package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.Main;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node whose standard output nobody reads: the pipe is full after 64 KiB.
@Timeout(120)
class SilentLogIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int TASKS = 2_000; // some lines each, far more than a pipe holds
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static String call(int port, String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static boolean says(int port, String path, String words) {
    try {
      return call(port, "GET", path, "").contains(words);
    } catch (Exception e) {
      return false; // not yet
    }
  }

  @Test
  void it_works_on_and_ends_when_it_is_told_to() throws Exception {
    int port = freePort();
    try (RedisServer redis = new RedisServer()) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-Xmx128m",
              "-cp",
              System.getProperty("java.class.path"),
              Main.class.getName());
      builder.environment().put("LISTEN_ADDR", "127.0.0.1:" + port);
      builder.environment().put("REDIS_ADDR", redis.address());
      builder.environment().put("CONSENSUS_TYPE", "redis");
      builder.environment().put("LOG_LEVEL", "TRACE");
      Process node = builder.redirectErrorStream(true).start();
      try {
        Eventually.await("it leads", LIMIT, () -> says(port, "/health", "\"is_leader\":true"));
        String batch = "[" + "{\"payload\":1},".repeat(TASKS - 1) + "{\"payload\":1}]";
        assertTrue(call(port, "POST", "/submit/batch", batch).contains("\"accepted\":" + TASKS));
        Eventually.await(
            "all have run", LIMIT, () -> says(port, "/stats", "\"completed\":" + TASKS));
        assertTrue(node.getInputStream().available() > 60_000, "its output is full");
        node.destroy(); // SIGTERM
        assertTrue(node.waitFor(20, TimeUnit.SECONDS), "it ends");
        assertEquals(143, node.exitValue());
      } finally {
        node.destroyForcibly();
      }
    }
  }
}
