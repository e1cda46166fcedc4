package dev.taskscheduler.runner;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskResult;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCheckTest {
  private static Optional<String> fault(String json) {
    return ResultCheck.error(new TaskResult(json.getBytes(UTF_8)), 1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "null", " {\"a\":[1,2,{\"b\":\"\u6f22\"}]} \n", "\"x\"", "[]", "-1.5e3"})
  void a_json_value_can_be_kept(String json) {
    assertEquals(Optional.empty(), fault(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "\n\t", "{", "{\"a\":1", "{a:1}", "[1,]", "1 2", "{} {}", "nul", "01", "\"x"})
  void what_is_no_json_value_cannot(String json) {
    assertTrue(fault(json).isPresent(), json);
  }

  @Test
  void bytes_that_are_no_utf_8_cannot_be_kept() {
    assertTrue(
        ResultCheck.error(new TaskResult(new byte[] {'"', (byte) 0xc3, '(', '"'}), 1000)
            .isPresent());
    for (Charset other : List.of(UTF_16, UTF_16BE, UTF_16LE)) {
      assertTrue(ResultCheck.error(new TaskResult("{\"a\":1}".getBytes(other)), 1000).isPresent());
    }
  }

  @Test
  void a_result_that_is_too_large_says_how_large_it_may_be() {
    assertEquals(Optional.empty(), ResultCheck.error(new TaskResult("12345".getBytes(UTF_8)), 5));
    assertEquals(
        Optional.of("the result has 6 bytes, the limit is 5 (MAX_RESULT_BYTES)"),
        ResultCheck.error(new TaskResult("123456".getBytes(UTF_8)), 5));
  }
}
