package dev.taskscheduler.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class YamlJsonTest {
  private static void expect(String json, String yaml) {
    assertEquals(json, new String(YamlJson.of(yaml), UTF_8));
  }

  private static void refused(String why, String yaml) {
    var e = assertThrows(IllegalArgumentException.class, () -> YamlJson.of(yaml));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
  }

  @Test
  void has_the_values_that_json_has() {
    expect(
        "{\"a\":1,\"b\":-2.5,\"c\":true,\"d\":null,\"e\":\"text\",\"f\":[1,\"x\"],\"g\":{\"h\":1e3}}"
            .replace("1e3", "1000.0"),
        "{a: 1, b: -2.5, c: true, d: , e: text, f: [1, x], g: {h: 1e3}}");
  }

  @Test
  void takes_for_text_what_other_versions_of_yaml_change() {
    expect(
        "{\"a\":\"2026-11-23T08:55:00Z\",\"b\":\"yes\",\"c\":\"off\",\"d\":\"010\",\"e\":\"1:30\",\"f\":\".inf\"}",
        "{a: 2026-11-23T08:55:00Z, b: yes, c: off, d: 010, e: '1:30', f: .inf}");
    expect("{\"a\":\"12:30:45\"}", "a: 12:30:45");
  }

  @Test
  void resolves_aliases_and_merges() {
    expect(
        "{\"base\":{\"x\":1},\"one\":{\"x\":1,\"y\":2}}",
        "base: &b {x: 1}\none:\n  <<: *b\n  y: 2\n");
  }

  @Test
  void names_the_line_of_a_fault() {
    refused("line 2", "a: 1\na: 2");
    refused("line 2", "a: 1\n\tb: 2");
    refused("no YAML mapping", "- 1");
    refused("no YAML mapping", "");
    refused("not YAML", "a: !!java.io.File /tmp");
    refused("JSON cannot hold", "a: !!set {x, y}");
    refused("too large", "a: 1e999");
  }

  @Test
  void refuses_what_grows_without_end() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      String alias = "*a" + (i - 1);
      String row = String.join(", ", java.util.Collections.nCopies(10, alias));
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, row));
    }
    refused("values", bomb.toString());
    String longText = "a: &a " + "x".repeat(100_000) + "\nb: [" + "*a, ".repeat(100) + "*a]";
    refused("characters with its aliases", longText);
    refused("inside each other", "a: &a [*a]");
    refused("not YAML", "a: " + "[".repeat(10_000));
  }
}
