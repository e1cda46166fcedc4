package dev.taskscheduler.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The alert rules are valid, do what their tests say, and each has its word in the guide.
class AlertsTest {
  @Test
  void promtool_holds_the_alerts_and_their_tests_for_good() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
        "promtool is not on PATH (Debian package prometheus)");
    for (String[] words :
        new String[][] {
          {"promtool", "check", "rules", "docs/monitoring/alerts.yml"},
          {"promtool", "test", "rules", "docs/monitoring/alerts_test.yml"},
          {"promtool", "test", "rules", "docs/monitoring/alerts_of_days_test.yml"}
        }) {
      var promtool = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, promtool.waitFor(), said);
    }
  }

  @Test
  void each_alert_has_its_word_in_the_operations_guide() throws Exception {
    String guide = Files.readString(Path.of("docs/operations.md"));
    List<String> alerts =
        Pattern.compile("- alert: (\\w+)")
            .matcher(Files.readString(Path.of("docs/monitoring/alerts.yml")))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertTrue(alerts.size() > 8);
    alerts.forEach(alert -> assertTrue(guide.contains("\n### " + alert + "\n"), alert));
  }
}
