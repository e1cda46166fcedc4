package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole face on a real Redis; every answer is held against the API document.
@Timeout(120)
class RestContractIT {
  private static final String UNKNOWN = "019aa0e6-5b3c-7000-8000-000000000000";
  private static RestFace face;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
  }

  @AfterAll
  static void stop() {
    face.close();
  }

  private static HttpResponse<byte[]> send(
      String method, String target, HttpRequest.Builder builder) throws Exception {
    return face.send(method, target, builder);
  }

  private static HttpResponse<byte[]> call(String method, String target) throws Exception {
    return face.call(method, target);
  }

  private static HttpResponse<byte[]> submit(byte[] body, String type) throws Exception {
    return face.post("/submit", body, type);
  }

  private static HttpResponse<byte[]> submit(String body) throws Exception {
    return submit(body.getBytes(UTF_8), "application/json");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  @Test
  void a_task_that_was_submitted_is_known_under_its_id() throws Exception {
    for (String priority : List.of("high", "medium", "low")) {
      HttpResponse<byte[]> submitted =
          submit("{\"priority\":\"" + priority + "\",\"payload\":{\"job\":\"demo\"}}");
      assertEquals(202, submitted.statusCode());
      String where = submitted.headers().firstValue("Location").orElseThrow();
      HttpResponse<byte[]> status = call("GET", where);
      assertEquals(200, status.statusCode());
      assertTrue(text(status).contains("\"status\":\"pending\""), text(status));
      assertTrue(text(status).contains("\"priority\":\"" + priority + "\""), text(status));
    }
  }

  @Test
  void a_task_for_later_is_scheduled_and_one_whose_time_is_over_is_ready() throws Exception {
    for (String when : List.of("\"delay\":3600", "\"delay\":\"PT1H\"")) {
      HttpResponse<byte[]> submitted = submit("{\"payload\":1," + when + "}");
      assertEquals(202, submitted.statusCode());
      String later = text(call("GET", submitted.headers().firstValue("Location").orElseThrow()));
      assertTrue(later.contains("\"state\":\"scheduled\""), later);
      assertTrue(later.contains("\"dueAt\":\""), later);
    }
    HttpResponse<byte[]> over = submit("{\"payload\":1,\"runAt\":\"2020-01-01T00:00:00+01:00\"}");
    String now = text(call("GET", over.headers().firstValue("Location").orElseThrow()));
    assertTrue(now.contains("\"state\":\"ready\""), now);
  }

  @Test
  void a_task_that_nobody_knows_is_not_found() throws Exception {
    assertEquals(404, call("GET", "/status?id=" + UNKNOWN).statusCode());
    for (String query : List.of("", "?id", "?id=", "?id=1", "?ID=" + UNKNOWN)) {
      assertEquals(400, call("GET", "/status" + query).statusCode(), query);
    }
  }

  @Test
  void every_bad_body_is_a_400_that_says_why() throws Exception {
    for (String body :
        List.of(
            "",
            "{",
            "nonsense",
            "{\"payload\":1}{}",
            "{\"payload\":1} x",
            "{\"payload\":1,\"payload\":1}",
            "{\"payload\":" + "[".repeat(64) + "]".repeat(64) + "}",
            "{\"payload\":1e999}",
            "{\"payload\":0." + "1".repeat(2_000) + "}",
            "{}",
            "[]",
            "null",
            "{\"priority\":\"high\"}",
            "{\"payload\":1,\"priority\":\"urgent\"}",
            "{\"payload\":1,\"priority\":null}",
            "{\"payload\":1,\"type\":\"\"}",
            "{\"payload\":1,\"delay\":\"soon\"}",
            "{\"payload\":1,\"\\ud800\":1}",
            "{\"payload\":1,\"extra\":1}")) {
      assertEquals(400, submit(body).statusCode(), body);
    }
    byte[] overlong = HexFormat.of().parseHex("7b227061796c6f6164223a22c0af227d");
    assertEquals(400, submit(overlong, "application/json").statusCode());
  }

  @Test
  void all_faults_are_told_at_once() throws Exception {
    String said = text(submit("{\"priority\":1,\"type\":2,\"extra\":3}"));
    for (String pointer : List.of("/priority", "/type", "/extra", "/payload")) {
      assertTrue(said.contains("{\"pointer\":\"" + pointer + "\","), said);
    }
  }

  @Test
  void an_unknown_type_and_a_payload_that_its_runner_refuses_are_told_with_other_faults()
      throws Exception {
    HttpResponse<byte[]> type = submit("{\"type\":\"fax\",\"priority\":\"urgent\"}");
    assertEquals(400, type.statusCode());
    for (String pointer : List.of("/priority", "/payload", "/type")) {
      assertTrue(text(type).contains("{\"pointer\":\"" + pointer + "\","), text(type));
    }
    assertTrue(text(type).contains("has no runner on this node"), text(type));
    String task = "{\"type\":\"strict\",\"payload\":{\"ms\":1},\"maxAttempts\":0}";
    HttpRequest.Builder put =
        HttpRequest.newBuilder()
            .PUT(BodyPublishers.ofString("{\"every\":60,\"task\":" + task + "}"))
            .header("Content-Type", "application/json");
    Map<String, HttpResponse<byte[]>> answers =
        Map.of(
            "", submit(task),
            "/task", send("PUT", "/schedules/faulty", put));
    answers.forEach((at, answer) -> {
      assertEquals(400, answer.statusCode());
      for (String pointer : List.of("/maxAttempts", "/payload/ms")) {
        assertTrue(text(answer).contains("{\"pointer\":\"" + at + pointer + "\","), text(answer));
      }
    });
    String batch =
        text(face.post("/submit/batch", ("[" + task + "]").getBytes(UTF_8), "application/json"));
    assertTrue(batch.contains("/payload/ms") && batch.contains("/maxAttempts"), batch);
  }

  @Test
  void only_json_is_taken() throws Exception {
    byte[] body = "{\"payload\":1}".getBytes(UTF_8);
    for (String type :
        List.of(
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json; charset=\"UTF-8\"")) {
      assertEquals(202, submit(body, type).statusCode(), type);
    }
    for (String type :
        List.of(
            "text/plain",
            "application/json5",
            "application/problem+json",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "application/json; charset=iso-8859-1",
            "nonsense")) {
      assertEquals(415, submit(body, type).statusCode(), type);
    }
    HttpRequest.Builder none = HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(body));
    assertEquals(415, send("POST", "/submit", none).statusCode());
  }

  @Test
  void an_unknown_type_and_a_body_too_large_are_refused() throws Exception {
    assertEquals(422, submit("{\"payload\":1,\"type\":\"fax\"}").statusCode());
    assertEquals(413, submit("{\"payload\":\"" + "x".repeat(1 << 16) + "\"}").statusCode());
  }

  @Test
  void every_path_answers_its_methods_and_refuses_the_others_with_allow() throws Exception {
    for (Map.Entry<String, String> route : Paths.ALLOWED.entrySet()) {
      for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
        String what = method + " " + route.getKey();
        HttpResponse<byte[]> answer = call(method, existing(route.getKey()));
        if (List.of(route.getValue().split(", ")).contains(method)) {
          assertFalse(List.of(404, 405, 500).contains(answer.statusCode()), what);
        } else {
          assertEquals(405, answer.statusCode(), what);
          assertEquals(route.getValue(), answer.headers().firstValue("Allow").orElse(""), what);
        }
      }
    }
    assertEquals(405, call("POST", "/swagger/index.html").statusCode());
  }

  /// The path, with a task that there is, or a queue that has a pause.
  private static String existing(String path) throws Exception {
    if (path.startsWith("/schedules/{name}")) {
      HttpRequest.Builder put =
          HttpRequest.newBuilder()
              .PUT(BodyPublishers.ofString("{\"every\":60,\"task\":{\"payload\":1}}"))
              .header("Content-Type", "application/json");
      assertTrue(send("PUT", "/schedules/tenant-7", put).statusCode() < 300);
    }
    if (path.contains("{name}")) {
      call("POST", "/queues/tenant-7/pause");
      return path.replace("{name}", "tenant-7");
    }
    if (!path.contains("{id}")) {
      return path;
    }
    String where = submit("{\"payload\":1}").headers().firstValue("Location").orElseThrow();
    return path.replace("{id}", where.substring(where.indexOf('=') + 1));
  }

  @Test
  void there_is_nothing_else() throws Exception {
    for (String path :
        List.of(
            "/nowhere",
            "/submit/x",
            "/observe",
            "/observe/health",
            "/openapi/ui",
            "/swagger/package.json",
            "/swagger/swagger-ui.js.map",
            "/swagger/oauth2-redirect.html",
            "/swagger/x/index.html",
            "/build.properties")) {
      assertEquals(404, call("GET", path).statusCode(), path);
    }
  }

  @Test
  void the_leader_is_named_and_can_be_asked_to_resign() throws Exception {
    try {
      assertEquals("{\"leader\":null}", text(call("GET", "/leader")));
      assertEquals(409, call("POST", "/leader/resign").statusCode());
      face.leader.ledBy("node1", true);
      assertTrue(text(call("GET", "/leader")).startsWith("{\"leader\":\"node1\""));
      assertEquals(202, call("POST", "/leader/resign").statusCode());
    } finally {
      face.leader.leader = Optional.empty();
      face.leader.leads = false;
    }
  }

  @Test
  void metrics_are_served_beside_the_rest() throws Exception {
    submit("{\"payload\":1}");
    String meters = text(call("GET", "/metrics"));
    assertTrue(meters.contains("scheduler_is_leader{node=\"node1\"} 0"), meters);
    assertTrue(meters.contains("scheduler_tasks_total 0"), meters);
    assertTrue(meters.contains("/submit"), meters);
  }

  /// As Python clients of openapi-generator ask.
  @Test
  void metrics_are_served_to_those_who_accept_json_of_problems_alone() throws Exception {
    HttpResponse<byte[]> answer =
        send(
            "GET",
            "/metrics",
            HttpRequest.newBuilder().header("Accept", "application/problem+json"));
    assertEquals(200, answer.statusCode());
    assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("text/plain"));
  }

  @ParameterizedTest
  @CsvSource({
    "/metrics, image/png, 406",
    "/metrics, application/json, 406",
    "/metrics?name=nothing, text/plain, 404",
    "/metrics?scope=nothing, */*, 404",
    "/metrics/nothing, */*, 404",
    "/openapi, image/png, 404"
  })
  void what_the_features_refuse_is_a_problem(String target, String accepted, int status)
      throws Exception {
    for (String method : List.of("GET", "HEAD")) {
      HttpResponse<byte[]> answer =
          face.send(
              method,
              target,
              HttpRequest.newBuilder()
                  .method(method, BodyPublishers.noBody())
                  .header("Accept", accepted));
      assertEquals(status, answer.statusCode(), method);
      assertEquals(
          Problem.MEDIA_TYPE, answer.headers().firstValue("Content-Type").orElse(""), method);
      assertEquals(method.equals("HEAD"), answer.body().length == 0, method);
    }
  }

  /// What is measured changes between the two: by some digits, or a line that is new.
  @Test
  void head_of_the_metrics_tells_of_what_get_would_answer() throws Exception {
    HttpResponse<byte[]> get = call("GET", "/metrics");
    HttpResponse<byte[]> head = call("HEAD", "/metrics");
    assertEquals(200, head.statusCode());
    assertEquals(
        get.headers().firstValue("Content-Type"), head.headers().firstValue("Content-Type"));
    long told = head.headers().firstValueAsLong("Content-Length").orElseThrow();
    assertTrue(told > 0.8 * get.body().length && told < 2.0 * get.body().length, () -> "" + told);
    assertEquals(200, call("GET", "/health/live").statusCode(), "on the same connection");
  }

  @Test
  void a_redis_that_is_away_is_told_in_each_answer_and_forgotten_when_it_is_back()
      throws Exception {
    awaitHealth(200);
    face.redisServer.kill();
    try {
      awaitHealth(503);
      assertEquals(503, call("GET", "/health/ready").statusCode());
      assertEquals(200, call("GET", "/health/live").statusCode());
      HttpResponse<byte[]> status = call("GET", "/status?id=" + UNKNOWN);
      assertEquals(503, status.statusCode());
      HttpResponse<byte[]> submitted = submit("{\"payload\":1}");
      assertEquals(503, submitted.statusCode());
      assertTrue(submitted.headers().firstValue("Retry-After").isPresent());
    } finally {
      face.redisServer.restart();
    }
    awaitHealth(200);
    assertEquals(202, submit("{\"payload\":1}").statusCode());
  }

  private static void awaitHealth(int status) throws Exception {
    long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (call("GET", "/health").statusCode() != status) {
      assertTrue(System.nanoTime() - limit < 0, "health never became " + status);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Test
  void a_full_queue_refuses_until_there_is_room() throws Exception {
    TreeMap<Integer, Integer> answers = new TreeMap<>();
    for (int i = 0; i <= RestFace.MAX_PENDING; i++) {
      answers.merge(submit("{\"payload\":1,\"priority\":\"low\"}").statusCode(), 1, Integer::sum);
    }
    try (var jedis = face.redisServer.jedis()) {
      jedis.flushAll();
    }
    assertTrue(answers.containsKey(429), answers.toString());
    assertEquals(Set.of(202, 429), answers.keySet());
    assertEquals(202, submit("{\"payload\":1}").statusCode());
  }
}
