package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Compares `docs/configuration.md` with the keys of `application.yaml`, and both with what the
/// code reads.
class ConfigurationDocumentTest {
  private static final Pattern NAME = Pattern.compile("`([A-Z][A-Z0-9_]+)`");

  private static Set<String> documented() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
      if (line.startsWith("| `")) {
        Matcher name = NAME.matcher(line.split("\\|", 3)[1]);
        while (name.find()) {
          names.add(name.group(1));
        }
      }
    }
    return names;
  }

  private static Set<String> keys() throws IOException {
    String yaml = Files.readString(Path.of("src/main/resources/application.yaml"));
    return Pattern.compile("(?m)^#   ([a-z-]+):")
        .matcher(yaml)
        .results()
        .map(key -> key.group(1).toUpperCase(Locale.ROOT).replace('-', '_'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void every_setting_has_a_row_and_every_row_is_a_setting() throws IOException {
    Set<String> rows = documented();
    assertTrue(rows.size() > 40, rows::toString);
    assertEquals(keys(), rows);
    Map<String, String> unset =
        rows.stream()
            .collect(
                Collectors.toMap(
                    name -> name.toLowerCase(Locale.ROOT).replace('_', '-'), name -> ""));
    SchedulerConfig.of(Map.of("CONSENSUS_TYPE", "redis"), unset); // refuses a key that nobody reads
  }
}
