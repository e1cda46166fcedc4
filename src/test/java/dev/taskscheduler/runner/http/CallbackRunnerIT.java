package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.testing.HttpTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a callback tells a real HTTP server, and how its answer is judged.
class CallbackRunnerIT {
  private static String payload(HttpTarget target, String more) {
    return "{\"task\":\"01a2\",\"url\":\""
        + target.url("/done")
        + "\",\"type\":\"sleep\",\"priority\":\"low\",\"attempt\":3,"
        + "\"submittedUs\":1795428673000001,\"state\":\"dead\",\"finishedUs\":1795428674999999"
        + more
        + "}";
  }

  private static String told(String more) throws Exception {
    try (HttpTarget target = HttpTarget.answering(204, "");
        Sending sending = Sending.local("PT10S")) {
      new CallbackRunner(sending.runner).run(Sending.task(payload(target, more)));
      HttpTarget.Asked asked = target.asked().getFirst();
      assertEquals("POST", asked.method());
      assertEquals(Sending.ID, asked.headers().getFirst("Idempotency-Key"));
      return new String(asked.body(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void it_tells_how_the_task_ended() throws Exception {
    assertEquals(
        "{\"id\":\"01a2\",\"type\":\"sleep\",\"priority\":\"low\",\"attempt\":3,"
            + "\"submittedAt\":\"2026-11-23T10:11:13.000001Z\",\"status\":\"failed\","
            + "\"state\":\"dead\",\"finishedAt\":\"2026-11-23T10:11:14.999999Z\","
            + "\"error\":\"no \\\"way\\\"\"}",
        told(",\"error\":\"no \\\"way\\\"\""));
  }

  @Test
  void a_result_is_told_as_the_runner_wrote_it() throws Exception {
    String result = "{ \"a\" : [1.0, 10000000000000000000000001, \"\u00e4\"] }";
    String told = told(",\"result\":" + result);
    assertTrue(told.endsWith(",\"result\":" + result + "}"), told);
  }

  @Test
  void a_target_that_is_busy_is_called_again_and_one_that_refuses_is_not() throws Exception {
    for (int status : new int[] {503, 410}) {
      try (HttpTarget target = HttpTarget.answering(status, "");
          Sending sending = Sending.local("PT10S")) {
        CallbackRunner runner = new CallbackRunner(sending.runner);
        TaskFailure failure =
            assertThrows(TaskFailure.class, () -> runner.run(Sending.task(payload(target, ""))));
        assertEquals(status == 410, failure.isPermanent());
        assertEquals(List.of("callback " + status / 100 + "xx"), sending.told);
      }
    }
  }

  /// The receiver may answer as much as it likes: the news has arrived.
  @Test
  void of_what_is_answered_little_is_kept() throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "\n".repeat(1000));
        Sending sending = Sending.local("PT10S")) {
      CallbackRunner runner = new CallbackRunner(sending.runner);
      byte[] kept = runner.run(Sending.task(payload(target, ""))).json();
      assertTrue(kept.length <= 1024 && kept.length > 1000, kept.length + " bytes");
      String text = new String(kept, StandardCharsets.UTF_8);
      assertTrue(text.startsWith("{\"status\":200,"), text);
      assertTrue(text.endsWith("\"truncated\":true}"), text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"task\":\"01a2\",\"url\":\"http://127.0.0.1:99999/\"}",
        "{\"task\":\"01a2\"}",
        "{\"task\":\"01a2\",\"url\":\"http://127.0.0.1/\",\"attempt\":\"x\"}",
        "[",
        "7"
      })
  void what_cannot_be_called_is_dead_at_once(String payload) throws Exception {
    try (Sending sending = Sending.local("PT10S")) {
      CallbackRunner runner = new CallbackRunner(sending.runner);
      TaskFailure failure =
          assertThrows(TaskFailure.class, () -> runner.run(Sending.task(payload)));
      assertTrue(failure.isPermanent());
    }
  }
}
