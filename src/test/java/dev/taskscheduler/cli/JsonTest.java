package dev.taskscheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static Json parse(String text) {
    return Json.parse(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[1,-2.50,1e400,123456789012345678901234567890],\"b\":{},\"c\":[]}",
        "[true,false,null,\"\",\"a\\\"b\\\\c\\nd\"]",
        "\"Grüße 🚀\"",
        "0"
      })
  void what_is_read_is_written_as_it_was(String text) {
    assertEquals(text, parse(text).write());
  }

  @Test
  void what_could_harm_a_terminal_is_written_as_an_escape() {
    String text = parse("{\"\\u001b]0;x\\u0007\":\"\u009b\u202e\u007f\"}").write();
    assertEquals("{\"\\u001b]0;x\\u0007\":\"\\u009b\\u202e\\u007f\"}", text);
    assertEquals(text, parse(text).write());
  }

  @Test
  void fields_are_found_and_others_are_empty() {
    Json json =
        parse("{\"a\":\"x\",\"n\":12,\"t\":true,\"none\":null,\"list\":[1],\"o\":{\"p\":1}}");
    assertEquals("x", json.show("a"));
    assertEquals(12, json.number("n"));
    assertTrue(json.isTrue("t"));
    assertEquals(Optional.empty(), json.text("none"));
    assertEquals(Optional.empty(), json.text("o"));
    assertEquals("", json.show("missing"));
    assertEquals(0, json.number("a"));
    assertEquals(List.of(new Json.Word("1")), json.items("list"));
    assertEquals(List.of(), json.items("a"));
    assertEquals(List.of(), parse("[1]").items("missing"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{} x", "{\"a\":1,\"a\":2}", "nul", "{a:1}", "\"\u001b\"", "NaN"})
  void other_text_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> parse(text));
  }

  @Test
  void the_depth_is_bounded() {
    String deep = "[".repeat(64) + "]".repeat(64);
    assertEquals(deep, parse(deep).write());
    assertThrows(IllegalArgumentException.class, () -> parse("[".repeat(100_000)));
  }
}
