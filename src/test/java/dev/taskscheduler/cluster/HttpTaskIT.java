package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.HttpTarget;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP requests as tasks of a whole cluster: submitted to a follower, sent by the leader, answered
/// by a real server, and kept. All that bounds a result is as a node has it by itself.
@Timeout(180)
class HttpTaskIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final Pattern CALLBACK = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new Cluster(Map.of("LEASE_TTL", "1s", "HTTP_ALLOW_PRIVATE", "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void all_three_are_there() {
    cluster.repair();
    cluster.awaitLeader();
  }

  private static NodeProcess follower() {
    return cluster.otherThan(cluster.awaitLeader());
  }

  private static String shown(NodeProcess node, String id) throws IOException {
    return node.call("GET", "/tasks/" + id, "").body();
  }

  /// Only 127.0.0.1 is allowed here.
  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, /payload/url /callback/url",
    "localhost, 127.0.0.2, /callback/url",
    "[::1], 127.0.0.1, /payload/url"
  })
  void what_may_never_be_called_is_refused_at_submission(
      String target, String callback, String pointers) throws Exception {
    HttpResponse<String> answer =
        follower()
            .call(
                "POST",
                "/submit",
                """
                {"type": "http", "payload": {"url": "http://%s/"}, "callback": {"url": "http://%s:1/"}}
                """
                    .formatted(target, callback));
    assertEquals(400, answer.statusCode(), answer.body());
    for (String field : List.of("/payload/url", "/callback/url")) {
      assertEquals(pointers.contains(field), answer.body().contains(field), answer.body());
    }
    assertTrue(answer.body().contains("HTTP_ALLOW_PRIVATE"), answer.body());
  }

  /// Waits until the one callback of a target is known by the `Idempotency-Key` that it came with.
  private static String callback(HttpTarget receiver) {
    Eventually.await("it is called", LIMIT, () -> !receiver.asked().isEmpty());
    return header(receiver.asked().getFirst(), "Idempotency-Key");
  }

  private static String header(HttpTarget.Asked asked, String name) {
    return String.valueOf(asked.headers().getFirst(name));
  }

  @Test
  void a_request_that_a_follower_took_is_sent_by_the_leader_and_its_answer_kept() throws Exception {
    try (HttpTarget target =
        HttpTarget.that(exchange ->
            HttpTarget.answer(
                exchange, 201, "{\"ok\": 1.0}", "Content-Type", "application/json"))) {
      NodeProcess follower = follower();
      String id =
          follower.accepted(
              "http", "{\"url\":\"" + target.address("/hook?a=b") + "\",\"body\":{\"order\" : 7}}");
      follower.awaitState(id, "completed");
      assertTrue(
          shown(follower, id)
              .endsWith(
                  "\"result\":{\"status\":201,\"headers\":{\"content-type\":\"application/json\"},"
                      + "\"body\":{\"ok\": 1.0}}}"),
          shown(follower, id));
      assertEquals(1, target.asked().size());
      HttpTarget.Asked asked = target.asked().getFirst();
      assertEquals("POST", asked.method());
      assertEquals("/hook?a=b", asked.uri());
      assertEquals("{\"order\" : 7}", new String(asked.body(), StandardCharsets.UTF_8));
      assertEquals(id, header(asked, "Idempotency-Key"));
      assertEquals("1", header(asked, "Task-Attempt"));
      assertEquals(cluster.records().newestEpoch() + "", header(asked, "Task-Epoch"));
    }
  }

  /// Found by an audit: with what a node has by itself, a good answer of 64 KiB made a task dead.
  @ParameterizedTest
  @CsvSource({
    "text/plain, x, 200000",
    "text/plain, '\\n', 65536",
    "text/plain, '\\0', 65536",
    "text/plain, \u20ac, 65536",
    "text/plain, \ud83d\ude00, 65536",
    "application/json, '1,', 32755"
  })
  void a_good_answer_ends_the_task_well_however_large_it_is(String type, String part, int times)
      throws Exception {
    String body =
        switch (part) {
          case "\\n" -> "\n".repeat(times);
          case "\\0" -> "\0".repeat(times);
          case "1," -> "[" + "1,".repeat(times) + "1]";
          default -> part.repeat(times);
        };
    try (HttpTarget target =
        HttpTarget.that(exchange -> HttpTarget.answer(exchange, 200, body, "Content-Type", type))) {
      NodeProcess follower = follower();
      String id =
          NodeProcess.id(
              follower.call(
                  "POST",
                  "/submit",
                  """
                  {"type": "http", "payload": {"url": "%s"}, "callback": {"url": "%s"}}
                  """
                      .formatted(target.address("/work"), target.address("/done"))));
      follower.awaitState(id, "completed");
      String shown = shown(follower, id);
      int at = shown.indexOf("\"result\":{\"status\":200,");
      assertTrue(at > 0, () -> shown.substring(0, Math.min(1000, shown.length())));
      int result = shown.substring(at).getBytes(StandardCharsets.UTF_8).length - 10;
      assertTrue(result <= 64 << 10 && result > (64 << 10) - 16, result + " bytes");
      assertTrue(shown.endsWith("\"truncated\":true}}"));
      Eventually.await("it is told", LIMIT, () -> target.asked().size() == 2);
      String callback = header(target.asked().getLast(), "Idempotency-Key");
      assertNotEquals(id, callback);
      follower.awaitState(callback, "completed");
      assertTrue(shown(follower, callback).contains("\"result\":{\"status\":200,"));
    }
  }

  /// A target that keeps its first request waiting until its sender is gone, and answers the next.
  private static HttpTarget holding(CountDownLatch gone) throws IOException {
    CountDownLatch first = new CountDownLatch(1);
    return HttpTarget.that(exchange -> {
      if (first.getCount() == 1) {
        first.countDown();
        gone.await();
      }
      HttpTarget.answer(exchange, 200, "done");
    });
  }

  private static void assertFenced(String id, List<HttpTarget.Asked> asked) {
    assertEquals(2, asked.size());
    assertEquals(List.of(id, id), asked.stream().map(a -> header(a, "Idempotency-Key")).toList());
    assertEquals(List.of("1", "2"), asked.stream().map(a -> header(a, "Task-Attempt")).toList());
    List<Long> epochs = asked.stream().map(a -> Long.parseLong(header(a, "Task-Epoch"))).toList();
    assertTrue(epochs.get(1) > epochs.get(0), epochs.toString());
    for (HttpTarget.Asked each : asked) {
      String token = header(each, "Task-Fencing-Token");
      assertTrue(token.matches(header(each, "Task-Epoch") + ":[0-9a-f]{16}"), token);
    }
  }

  @Test
  void a_request_whose_leader_dies_is_sent_again_by_the_next_under_a_higher_epoch()
      throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (HttpTarget target = holding(gone)) {
      NodeProcess leader = cluster.awaitLeader();
      NodeProcess follower = cluster.otherThan(leader);
      String id = follower.accepted("http", "{\"url\":\"" + target.address("/") + "\"}");
      Eventually.await("the first is there", LIMIT, () -> target.asked().size() == 1);
      leader.signal("KILL");
      follower.awaitState(id, "completed");
      gone.countDown();
      assertFenced(id, target.asked());
    }
  }

  @Test
  void a_callback_whose_leader_dies_is_made_again_by_the_next_under_a_higher_epoch()
      throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (HttpTarget receiver = holding(gone)) {
      NodeProcess leader = cluster.awaitLeader();
      NodeProcess follower = cluster.otherThan(leader);
      String id =
          NodeProcess.id(
              follower.call(
                  "POST",
                  "/submit",
                  "{\"type\":\"log\",\"payload\":1,\"callback\":{\"url\":\""
                      + receiver.address("/done")
                      + "\"}}"));
      String callback = callback(receiver);
      leader.signal("KILL");
      follower.awaitState(callback, "completed");
      gone.countDown();
      assertNotEquals(id, callback);
      assertFenced(callback, receiver.asked());
      for (HttpTarget.Asked asked : receiver.asked()) {
        Matcher told = CALLBACK.matcher(new String(asked.body(), StandardCharsets.UTF_8));
        assertTrue(told.find() && told.group(1).equals(id), "it tells of the task that ended");
      }
    }
  }
}
