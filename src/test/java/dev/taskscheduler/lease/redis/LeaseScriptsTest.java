package dev.taskscheduler.lease.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseScriptsTest {
  private static final Pattern PARAMETER = Pattern.compile("(?:KEYS|ARGV)\\[\\d+]");

  @ParameterizedTest
  @ValueSource(strings = {"observe", "acquire", "renew", "release"})
  void a_script_uses_what_its_header_tells(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(RedisLease.class.getResourceAsStream(name + ".lua"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String header = text.lines().takeWhile(l -> l.startsWith("--")).collect(Collectors.joining());
      String body = text.lines().dropWhile(l -> l.startsWith("--")).collect(Collectors.joining());
      assertTrue(header.startsWith("-- " + name + ".lua  "), header);
      assertTrue(header.contains("-- Returns "), header);
      assertEquals(parameters(header), parameters(body));
    }
  }

  private static TreeSet<String> parameters(String text) {
    return PARAMETER
        .matcher(text)
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
