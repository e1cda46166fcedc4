package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.cluster.NodeSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Which settings `GET /settings` shows.
class ShownSettingsTest {
  /// Hold a secret, may hold one in a URL, or name the file of one.
  private static final Set<String> HIDDEN =
      Set.of(
          "API_TOKENS_FILE",
          "HTTP_SIGNING_KEYS",
          "HTTP_SIGNING_KEYS_FILE",
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "OTEL_EXPORTER_OTLP_HEADERS",
          "RAFT_DATA_DIR",
          "RAFT_SECRET_FILE",
          "RAFT_TLS_CA",
          "RAFT_TLS_CERT",
          "RAFT_TLS_KEY",
          "REDIS_ADDR",
          "REDIS_PASSWORD_FILE",
          "REDIS_SENTINEL_PASSWORD_FILE",
          "REDIS_SENTINEL_USER",
          "REDIS_TLS_CA",
          "REDIS_TLS_CERT",
          "REDIS_TLS_KEY",
          "TLS_CERT",
          "TLS_KEY");

  private static List<NodeSetting> shown(Map<String, String> env, Map<String, String> yaml) {
    return SchedulerConfig.of(env, yaml).http().settings();
  }

  @Test
  void a_setting_shows_its_value_and_where_it_comes_from() {
    List<NodeSetting> shown =
        shown(Map.of("LEASE_TTL", "5s", "CONSENSUS_TYPE", "Redis"), Map.of("worker-count", "9"));
    assertTrue(shown.contains(new NodeSetting("LEASE_TTL", "5s", "environment")), shown.toString());
    assertTrue(shown.contains(new NodeSetting("WORKER_COUNT", "9", "file")), shown.toString());
    assertTrue(shown.contains(new NodeSetting("UI", "on", "default")), shown.toString());
    assertEquals(shown.stream().map(NodeSetting::name).sorted().toList(), names(shown));
  }

  private static List<String> names(List<NodeSetting> shown) {
    return shown.stream().map(NodeSetting::name).toList();
  }

  @Test
  void no_secret_is_shown() {
    String secret = "hunter2hunter2hunter2";
    String all =
        shown(
                Map.of(
                    "REDIS_ADDR",
                    "redis://me:" + secret + "@localhost:6379",
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://collector:4318",
                    "OTEL_EXPORTER_OTLP_HEADERS",
                    "authorization=" + secret),
                Map.of())
            .toString();
    assertFalse(all.contains("hunter2"), all);
    assertFalse(all.contains("REDIS_ADDR") || all.contains("collector"), all);
  }

  /// Somebody has thought about each setting, and a new one is hidden until somebody has.
  @Test
  void each_documented_setting_is_shown_or_hidden_on_purpose() throws IOException {
    Set<String> documented = new TreeSet<>();
    Pattern.compile("(?m)^\\| ((?:`[A-Z_]+`(?:, )?)+) \\|")
        .matcher(Files.readString(Path.of("docs/configuration.md")))
        .results()
        .flatMap(row -> Arrays.stream(row.group(1).split("[`, ]+")))
        .filter(name -> !name.isEmpty())
        .forEach(documented::add);
    Set<String> known = new TreeSet<>(ShownSettings.NAMES);
    known.addAll(HIDDEN);
    documented.removeIf(name -> !isRead(name));
    assertEquals(known, documented);
    Set<String> both = new TreeSet<>(ShownSettings.NAMES);
    both.retainAll(HIDDEN);
    assertEquals(Set.of(), both);
  }

  /// Whether a node reads it as a setting; `./run` and the image have some of their own.
  private static boolean isRead(String name) {
    String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
    try {
      return Files.readString(Path.of("src/main/resources/application.yaml"))
          .contains("\n#   " + key + ": ");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
