package dev.taskscheduler.runner.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.spi.TaskRunner;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is said of a target before a task with it is accepted.
class RefusedTargetTest {
  private static List<PayloadError> errors(TaskRunner runner, String url, String more) {
    return runner.payloadErrors(("{\"url\":\"" + url + "\"" + more + "}").getBytes(UTF_8));
  }

  @Test
  void a_target_that_may_never_be_called_is_an_error_of_the_payload() throws Exception {
    try (Sending sending = Sending.local("PT1S")) { // allows 127.0.0.1
      for (TaskRunner runner : List.of(sending.runner, new CallbackRunner(sending.runner))) {
        for (String url : List.of("http://192.168.0.1:80/", "https://[::1]/", "http://10.0.0.1")) {
          PayloadError error = errors(runner, url, "").getFirst();
          assertEquals("/url", error.pointer());
          assertTrue(error.detail().contains("HTTP_ALLOW_PRIVATE"), error.detail());
        }
        assertEquals(List.of(), errors(runner, "http://127.0.0.1:1/x", ""));
        assertEquals(List.of(), errors(runner, "http://LOCALHOST.:1/x", ""));
        assertEquals(List.of(), errors(runner, "https://example.com/", ""));
      }
    }
  }

  @Test
  void it_is_told_together_with_all_other_errors() throws Exception {
    try (Sending sending = Sending.local("PT1S")) {
      List<PayloadError> all = errors(sending.runner, "http://10.0.0.1", ",\"method\":1,\"x\":1");
      assertEquals(
          List.of("/method", "/x", "/url"), all.stream().map(PayloadError::pointer).toList());
    }
  }
}
