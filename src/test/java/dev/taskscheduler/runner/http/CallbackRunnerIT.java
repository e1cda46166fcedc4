package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.runner.TaskFailure;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a callback tells a real HTTP server, and how its answer is judged.
class CallbackRunnerIT {
  private static final Instant BEGAN = Instant.parse("2026-11-23T10:11:13.000001Z");
  private static final Instant ENDED = Instant.parse("2026-11-23T10:11:14.999999Z");

  private static Task task(TaskState state) {
    return new Task("01a2", Priority.LOW, "sleep", BEGAN, 3, state);
  }

  private static String payload(Target target) {
    return "{\"task\":\"01a2\",\"url\":\"" + target.url("/done") + "\"}";
  }

  @Test
  void it_tells_how_the_task_ended() throws Exception {
    try (Target target = Target.answering(204, "");
        Sending sending = Sending.local("PT10S")) {
      CallbackRunner runner =
          new CallbackRunner(
              sending.runner,
              id -> Optional.of(task(new TaskState.Dead(BEGAN, ENDED, "no \"way\""))));
      runner.run(Sending.task(payload(target)));
      Target.Asked asked = target.asked().getFirst();
      assertEquals("POST", asked.method());
      assertEquals(
          "{\"id\":\"01a2\",\"type\":\"sleep\",\"priority\":\"low\",\"attempt\":3,"
              + "\"submittedAt\":\"2026-11-23T10:11:13.000001Z\",\"status\":\"failed\","
              + "\"state\":\"dead\",\"finishedAt\":\"2026-11-23T10:11:14.999999Z\","
              + "\"error\":\"no \\\"way\\\"\"}",
          new String(asked.body(), StandardCharsets.UTF_8));
      assertEquals(Sending.ID, asked.headers().getFirst("Idempotency-Key"));
    }
  }

  @Test
  void a_target_that_is_busy_is_called_again_and_one_that_refuses_is_not() throws Exception {
    for (int status : new int[] {503, 410}) {
      try (Target target = Target.answering(status, "");
          Sending sending = Sending.local("PT10S")) {
        CallbackRunner runner =
            new CallbackRunner(
                sending.runner, id -> Optional.of(task(new TaskState.Completed(BEGAN, ENDED))));
        TaskFailure failure =
            assertThrows(TaskFailure.class, () -> runner.run(Sending.task(payload(target))));
        assertEquals(status == 410, failure.isLasting());
        assertEquals(List.of("callback " + status / 100 + "xx"), sending.told);
      }
    }
  }

  /// Whoever is told of an end may answer as much as it likes: the news has arrived.
  @Test
  void of_what_is_answered_little_is_kept() throws Exception {
    try (Target target = Target.answering(200, "\n".repeat(1000));
        Sending sending = Sending.local("PT10S")) {
      CallbackRunner runner =
          new CallbackRunner(
              sending.runner, id -> Optional.of(task(new TaskState.Completed(BEGAN, ENDED))));
      byte[] kept = runner.run(Sending.task(payload(target))).json();
      assertTrue(kept.length <= 1024 && kept.length > 1000, kept.length + " bytes");
      String text = new String(kept, StandardCharsets.UTF_8);
      assertTrue(text.startsWith("{\"status\":200,"), text);
      assertTrue(text.endsWith("\"truncated\":true}"), text);
    }
  }

  /// Kept before such URLs were refused at submission.
  @Test
  void a_url_that_no_payload_may_name_is_not_called() throws Exception {
    try (Sending sending = Sending.local("PT10S")) {
      CallbackRunner runner =
          new CallbackRunner(
              sending.runner, id -> Optional.of(task(new TaskState.Completed(BEGAN, ENDED))));
      TaskFailure failure =
          assertThrows(
              TaskFailure.class,
              () ->
                  runner.run(
                      Sending.task("{\"task\":\"01a2\",\"url\":\"http://127.0.0.1:99999/\"}")));
      assertTrue(failure.isLasting());
    }
  }

  @Test
  void a_task_that_is_not_kept_any_more_is_told_of_to_nobody() throws Exception {
    try (Target target = Target.answering(204, "");
        Sending sending = Sending.local("PT10S")) {
      CallbackRunner runner = new CallbackRunner(sending.runner, id -> Optional.empty());
      TaskFailure failure =
          assertThrows(TaskFailure.class, () -> runner.run(Sending.task(payload(target))));
      assertTrue(failure.isLasting());
      assertEquals(0, target.asked().size());
    }
  }
}
