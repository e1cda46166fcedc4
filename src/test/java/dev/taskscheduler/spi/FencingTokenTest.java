package dev.taskscheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FencingTokenTest {
  @Test
  void a_token_reads_as_it_is_written() {
    FencingToken token = new FencingToken(1_790_000_000_123L, "0123456789abcdef");
    assertEquals("1790000000123:0123456789abcdef", token.toString());
    assertEquals(token, FencingToken.parse(token.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "1",
        "1:",
        ":0123456789abcdef",
        "0:0123456789abcdef",
        "-1:0123456789abcdef",
        "x:0123456789abcdef",
        "1:0123456789ABCDEF",
        "1:0123456789abcde",
        "1:2:0123456789abcdef"
      })
  void what_is_no_token_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> FencingToken.parse(text));
  }
}
