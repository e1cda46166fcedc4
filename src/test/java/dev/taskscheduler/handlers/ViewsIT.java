package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What people look at, on a real Redis; every answer is held against the API document.
@Timeout(120)
class ViewsIT {
  private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

  private static RestFace face;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
  }

  @AfterAll
  static void stop() {
    face.close();
  }

  @BeforeEach
  void empty() {
    try (var jedis = face.redisServer.jedis()) {
      jedis.flushAll();
    }
  }

  private static String submit(String body) throws Exception {
    String where = face.post("/submit", body).headers().firstValue("Location").orElseThrow();
    return where.substring(where.indexOf('=') + 1);
  }

  @Test
  void pages_follow_one_another_to_the_last() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      ids.add(submit("{\"payload\":" + i + "}"));
    }
    for (String query : List.of("?limit=7", "?limit=7&state=ready&type=log&priority=medium")) {
      List<String> listed = new ArrayList<>();
      String cursor = "";
      int pages = 0;
      do {
        String page = text(face.call("GET", "/tasks" + query + cursor));
        ID.matcher(page).results().forEach(match -> listed.add(match.group(1)));
        Matcher next = NEXT.matcher(page);
        cursor = next.find() ? "&cursor=" + next.group(1) : "";
        pages++;
      } while (!cursor.isEmpty());
      assertEquals(ids, listed);
      assertTrue(pages >= 4, "pages: " + pages);
    }
    HttpResponse<byte[]> head = face.call("HEAD", "/tasks");
    assertEquals(200, head.statusCode());
  }

  @Test
  void a_malformed_query_is_a_400() throws Exception {
    for (String query : List.of("limit=0", "cursor=nonsense", "state=x", "x", "submittedSince=1")) {
      assertEquals(400, face.call("GET", "/tasks?" + query).statusCode(), query);
    }
  }

  @Test
  void a_payload_comes_back_byte_for_byte() throws Exception {
    String payload = "{ \"a\" : [1.50, 1e2,\t\"\\u00fc\\/ü\"] }";
    String id = submit("{\"payload\":" + payload + ",\"timeout\":90,\"maxAttempts\":2}");
    String shown = text(face.call("GET", "/tasks/" + id));
    assertTrue(shown.contains("\"payload\":" + payload), shown);
    assertTrue(shown.contains("\"maxAttempts\":2,\"timeout\":\"PT1M30S\""), shown);
    HttpResponse<byte[]> head = face.call("HEAD", "/tasks/" + id);
    assertEquals(
        String.valueOf(shown.getBytes(UTF_8).length),
        head.headers().firstValue("Content-Length").orElse(""));
    String large = "\"" + "x".repeat(60_000) + "\"";
    assertTrue(
        text(face.call("GET", "/tasks/" + submit("{\"payload\":" + large + "}"))).contains(large));
  }

  @Test
  void why_a_task_waits_is_explained() throws Exception {
    String first = submit("{\"payload\":1}");
    String second = submit("{\"payload\":1}");
    String later = submit("{\"payload\":1,\"delay\":60}");
    assertTrue(explained(second).contains("\"reason\":\"no-leader\""));
    face.leader.ledBy("node1", true);
    try {
      assertTrue(explained(first).contains("\"reason\":\"next\""));
      assertTrue(explained(second).contains("\"why\":\"It is number 2 in its queue default."));
      assertTrue(explained(later).contains("\"reason\":\"scheduled\""));
      face.call("POST", "/queues/default/pause");
      assertTrue(explained(second).contains("\"why\":\"Its queue default is paused.\""));
      face.call("DELETE", "/tasks/" + first);
      assertTrue(explained(first).contains("\"why\":\"It was cancelled at "));
    } finally {
      face.leader.leader = Optional.empty();
      face.leader.leads = false;
    }
    assertEquals(404, face.call("GET", "/tasks/nothing/explain").statusCode());
  }

  private static String explained(String id) throws Exception {
    return text(face.call("GET", "/tasks/" + id + "/explain"));
  }

  @Test
  void the_statistics_count_what_there_is() throws Exception {
    submit("{\"payload\":1,\"priority\":\"high\"}");
    submit("{\"payload\":1,\"delay\":60}");
    face.call("POST", "/pause?priority=low");
    String stats = text(face.call("GET", "/stats"));
    assertTrue(stats.contains("\"scheduled\":1,\"ready\":1,"), stats);
    assertTrue(stats.contains("\"high\":{\"tasks\":1,\"oldestSubmittedAt\":"), stats);
    assertTrue(stats.contains("\"nextDueAt\":"), stats);
    assertTrue(stats.contains("\"paused\":[{\"priority\":\"low\""), stats);
  }

  /// Larger answers go in several writes. Without TCP_NODELAY the last of them waits for the
  /// acknowledgement of the one before, which this machine's own TCP delays by 40 ms, each time.
  @Test
  void a_page_is_not_held_back_until_the_client_acknowledges_its_beginning() throws Exception {
    for (int i = 0; i < 50; i++) {
      submit("{\"payload\":1}");
    }
    long[] nanos = new long[40];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      assertEquals(200, face.call("GET", "/tasks").statusCode());
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    long median = Duration.ofNanos(nanos[nanos.length / 2]).toMillis();
    assertTrue(median < 35, "half of the pages took " + median + " ms or more");
  }
}
