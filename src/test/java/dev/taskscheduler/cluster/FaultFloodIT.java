package dev.taskscheduler.cluster;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients send cannot end a node that runs as in the image: with a heap of 128 MiB, and ended
/// by its first `OutOfMemoryError`.
@Timeout(120)
class FaultFloodIT {
  private static final int BAD_HEADERS = 100_000;
  private static final int CLIENTS = 16;
  private static final RedisServer REDIS = new RedisServer();
  private static NodeProcess node;

  @BeforeAll
  static void start() {
    node = NodeProcess.program("node1", Map.of("REDIS_ADDR", REDIS.address())).awaitReady();
  }

  @AfterAll
  static void stop() {
    node.close();
    REDIS.close();
  }

  private static String many(String begin, String each, int times, String end) {
    return IntStream.range(0, times)
        .mapToObj(i -> each.replace("#", Integer.toString(i, 36)))
        .collect(joining(",", begin, end));
  }

  private static List<HttpResponse<String>> atOnce(String path, String body) throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> answers =
          IntStream.range(0, CLIENTS)
              .mapToObj(i -> clients.submit(() -> node.call("POST", path, body)))
              .toList();
      List<HttpResponse<String>> all = new java.util.ArrayList<>();
      for (Future<HttpResponse<String>> answer : answers) {
        all.add(answer.get());
      }
      return all;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"http\",\"payload\":{\"url\":\"http://a.b\",\"headers\":{@}}}",
        "{\"type\":\"http\",\"payload\":{@}}",
        "{@}"
      })
  void a_body_with_a_hundred_thousand_faults_is_refused_with_twenty(String form) throws Exception {
    String[] parts = form.split("@");
    String body = many(parts[0], "\" #\":1", BAD_HEADERS, parts[1]);
    assertTrue(body.length() < 1 << 20 && body.length() > 900_000, () -> "" + body.length());
    for (HttpResponse<String> answer : atOnce("/submit", body)) {
      assertTrue(List.of(400, 503).contains(answer.statusCode()), answer.body());
      if (answer.statusCode() == 400) {
        assertEquals(20, answer.body().split("\"pointer\"").length - 1, answer.body());
        assertTrue(answer.body().contains("there may be more"), answer.body());
      }
    }
    assertTrue(node.alive(), node::output);
  }

  @Test
  void a_batch_of_bad_payloads_is_refused_task_by_task() throws Exception {
    String payload = many("{\"type\":\"http\",\"payload\":{\"headers\":{", "\" #\":1", 700, "}}}");
    String body = many("[", payload.replace("#", ""), 5_000, "]");
    HttpResponse<String> answer = node.call("POST", "/submit/batch", body);
    assertEquals(200, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("\"refused\":5000"), answer.body().substring(0, 1_000));
    assertTrue(node.alive(), node::output);
  }
}
