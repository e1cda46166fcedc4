package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.map;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Compares what the Helm chart repeats with its sources: settings, alert rules, start scripts and
/// the version.
class ChartDocumentTest {
  /// Settings that follow from other values, or hold a secret.
  private static final Set<String> SET_BY_THE_CHART =
      Set.of(
          "NODE_ID",
          "REDIS_ADDR",
          "REDIS_PASSWORD_FILE",
          "REDIS_SENTINEL_PASSWORD_FILE",
          "REDIS_TLS_CA",
          "REDIS_TLS_CERT",
          "REDIS_TLS_KEY",
          "LISTEN_ADDR",
          "API_TOKENS_FILE",
          "TLS_CERT",
          "TLS_KEY",
          "CONSENSUS_TYPE",
          "RAFT_BIND_ADDR",
          "RAFT_SECRET_FILE",
          "RAFT_TLS_CERT",
          "RAFT_TLS_KEY",
          "RAFT_TLS_CA",
          "RAFT_DATA_DIR",
          "RAFT_NODES",
          "HTTP_SIGNING_KEYS_FILE",
          "HTTP_SIGNING_KEYS",
          "OTEL_EXPORTER_OTLP_HEADERS");

  /// A new setting needs a line in `values.schema.json`, or in [#SET_BY_THE_CHART] above.
  @Test
  void the_schema_knows_all_settings() throws IOException {
    Set<String> settings =
        Pattern.compile("(?m)^#   ([a-z-]+):")
            .matcher(Files.readString(Path.of("src/main/resources/application.yaml")))
            .results()
            .map(key -> key.group(1).toUpperCase(Locale.ROOT).replace('-', '_'))
            .filter(name -> !SET_BY_THE_CHART.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, Object> schema = map(Files.readString(Chart.FOLDER.resolve("values.schema.json")));
    Map<String, Object> properties = Kustomization.object(schema.get("properties"));
    Set<String> known =
        new TreeSet<>(
            Kustomization.object(Kustomization.object(properties.get("settings")).get("properties"))
                .keySet());
    Set<String> missing = new TreeSet<>(settings);
    missing.removeAll(known);
    assertEquals(
        Set.of(), missing, "add a line to settings in " + Chart.FOLDER + "/values.schema.json");
    assertEquals(settings, known);
  }

  @Test
  void the_charts_copies_are_like_their_sources() throws IOException {
    Map<String, Path> sources =
        Map.of(
            "alerts.yml", Path.of("docs/monitoring/alerts.yml"),
            "start/redis", Path.of("k8s/overlays/sentinel/start/redis"),
            "start/sentinel", Path.of("k8s/overlays/sentinel/start/sentinel"));
    Path files = Chart.FOLDER.resolve("files");
    for (Map.Entry<String, Path> source : sources.entrySet()) {
      assertEquals(
          Files.readString(source.getValue()),
          Files.readString(files.resolve(source.getKey())),
          () -> "cp " + source.getValue() + " " + files.resolve(source.getKey()));
    }
    try (Stream<Path> copies = Files.walk(files)) {
      assertEquals(sources.size(), copies.filter(Files::isRegularFile).count());
    }
  }

  @Test
  void chart_and_overlays_have_the_version_of_the_build() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));
    Map<String, Object> chart = map(Files.readString(Chart.FOLDER.resolve("Chart.yaml")));
    assertEquals(version, chart.get("version"));
    assertEquals(version, chart.get("appVersion"));
    for (String overlay : List.of("redis", "raft", "sentinel")) {
      assertEquals(
          "task-scheduler:" + version,
          Manifests.scheduler(overlay).getSpec().getContainers().getFirst().getImage());
    }
  }
}
