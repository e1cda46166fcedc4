package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskRun;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskHeadersTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void a_target_is_told_task_attempt_and_leader() {
    Map<String, String> headers =
        TaskHeaders.of(
            new TaskRun(
                "id-1",
                3,
                new FencingToken(1795464078439L, "0123456789abcdef"),
                new byte[0],
                Optional.of("00-" + TRACE + "-" + SPAN + "-01"),
                1),
            new byte[0],
            SigningKeys.NONE,
            Instant.EPOCH);
    assertEquals("id-1", headers.get("Idempotency-Key"));
    assertEquals("3", headers.get("Task-Attempt"));
    assertEquals("1795464078439", headers.get("Task-Epoch"));
    assertEquals("1795464078439:0123456789abcdef", headers.get("Task-Fencing-Token"));
    assertTrue(headers.get("traceparent").startsWith("00-" + TRACE + "-"), headers.toString());
    assertEquals(5, headers.size());
    headers.keySet().forEach(name -> assertTrue(TaskHeaders.owned(name), name));
  }

  @Test
  void a_trace_goes_on_with_a_span_of_each_attempt() {
    Optional<String> submitted = Optional.of("00-" + TRACE + "-" + SPAN + "-00");
    String first = TaskHeaders.traceparent(submitted);
    String second = TaskHeaders.traceparent(submitted);
    assertTrue(first.matches("00-" + TRACE + "-[0-9a-f]{16}-00"), first);
    assertNotEquals(first, second);
    assertTrue(!first.contains(SPAN), first);
  }

  @Test
  void a_later_version_is_understood_as_far_as_this_one_goes() {
    String sent = TaskHeaders.traceparent(Optional.of("cc-" + TRACE + "-" + SPAN + "-ff-more"));
    assertTrue(sent.matches("00-" + TRACE + "-[0-9a-f]{16}-03"), sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
      })
  void without_a_trace_that_can_be_read_one_begins(String submitted) {
    String sent = TaskHeaders.traceparent(Optional.of(submitted));
    assertTrue(sent.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03"), sent);
    assertTrue(!sent.contains(TRACE), sent);
  }
}
