package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.map;
import static dev.taskscheduler.ship.Manifests.scheduler;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds the values of the Helm chart: what is refused and how, and what restarts pods.
class ChartValuesTest {
  private static final String REDIS = "redis: {password: {existingSecret: scheduler-redis}}\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {} | redis.password.existingSecret is empty. Create a Secret
          {redis: {mode: sentinel}} | redis.password.existingSecret is empty
          {redis: {mode: external, address: h}} | redis.password.existingSecret is empty
          {redis: {password: {none: true}}} | The Redis of redis.mode single always asks for a password
          {redis: {mode: external, password: {existingSecret: s}}} | redis.address is empty
          {redis: {address: h, password: {existingSecret: s}}} | Set redis.mode to external
          {redis: {mode: external, address: 'redis://u:p@h', password: {existingSecret: s}}} | redis.address holds a password
          {redis: {mode: external, address: 'redis://:p@h', password: {existingSecret: s}}} | redis.address holds a password
          {redis: {mode: external, address: h, password: {existingSecret: s, none: true}}} | Leave one out
          {redis: {mode: external, address: h, password: {existingSecret: s}, tls: {existingSecret: t}}} | begins with rediss
          {redis: {mode: external, address: 'rediss://h', password: {existingSecret: s}, tls: {clientCertificate: true}}} | redis.tls.existingSecret is empty
          {redis: {mode: external, address: h, password: {existingSecret: s}, sentinelPassword: {existingSecret: t}}} | redis.sentinelPassword is for
          {elector: raft, redis: {password: {existingSecret: s}}} | raft.existingSecret is empty. Without a proof
          {ingress: {enabled: true, hosts: [h]}, redis: {password: {existingSecret: s}}} | tokens.existingSecret is empty: anyone
          {ingress: {enabled: true}, tokens: {none: true}, redis: {password: {existingSecret: s}}} | ingress.hosts is empty
          {tokens: {none: true, existingSecret: t}, redis: {password: {existingSecret: s}}} | Leave one out
          {settings: {DRAIN_TIMEOUT: 1m}, redis: {password: {existingSecret: s}}} | must be at least 75
          {replica: 3} | additional properties 'replica' not allowed
          {redis: {passwd: x}} | additional properties 'passwd' not allowed
          {settings: {LEASE_TLL: 2s}} | additional properties 'LEASE_TLL' not allowed
          {settings: {REDIS_ADDR: h}} | additional properties 'REDIS_ADDR' not allowed
          {settings: {WORKER_COUNT: [1]}} | at '/settings/WORKER_COUNT'
          {elector: etcd} | at '/elector': value must be one of
          {replicas: three} | at '/replicas': got string, want integer
          {redis: {password: {existingSecret: Not_A_Name}}} | at '/redis/password/existingSecret'
          {redis: {storage: {size: 8}}} | at '/redis/storage/size': got number, want string
          {service: {port: 70000}} | at '/service/port'
          """)
  void a_bad_value_is_refused_with_a_text_that_says_what_to_do(String values, String text) {
    String refusal = Chart.refusal(values);
    assertTrue(refusal.contains(text), refusal);
  }

  @Test
  void all_faults_are_listed_at_once() {
    String refusal = Chart.refusal("{elector: raft, ingress: {enabled: true}}");
    for (String value :
        List.of("redis.password.", "raft.existingSecret", "ingress.enabled", "ingress.hosts")) {
      assertTrue(refusal.contains("\n- " + value), refusal);
    }
  }

  /// Each value is in the schema and the other way round, and the chart has a word on it.
  @Test
  void the_schema_knows_the_values_and_no_others() throws IOException {
    Map<String, Object> schema = map(Files.readString(Chart.FOLDER.resolve("values.schema.json")));
    Set<String> known = new TreeSet<>();
    properties("", schema, Kustomization.object(schema.get("definitions")), known);
    known.remove("/global");
    known.removeIf(name -> name.startsWith("/settings/"));
    Set<String> values = new TreeSet<>();
    keys("", map(Files.readString(Chart.FOLDER.resolve("values.yaml"))), values);
    values.removeIf(name -> name.matches("/settings/.*|.*/resources/.*"));
    known.removeIf(name -> name.matches("/serviceMonitor/authorization/.*"));
    assertEquals(known, values);
  }

  private static void properties(
      String at, Map<String, Object> schema, Map<String, Object> definitions, Set<String> found) {
    Map<String, Object> here =
        schema.get("$ref") instanceof String ref
            ? Kustomization.object(definitions.get(ref.substring(ref.lastIndexOf('/') + 1)))
            : schema;
    if (here.get("properties") instanceof Map<?, ?> all) {
      assertEquals(false, here.get("additionalProperties"), at);
      all.forEach((name, one) -> {
        found.add(at + "/" + name);
        properties(at + "/" + name, Kustomization.object(one), definitions, found);
      });
    }
  }

  private static void keys(String at, Map<String, Object> values, Set<String> found) {
    values.forEach((name, value) -> {
      found.add(at + "/" + name);
      if (value instanceof Map<?, ?>) {
        keys(at + "/" + name, Kustomization.object(value), found);
      }
    });
  }

  @Test
  void each_value_of_the_first_level_has_an_explanation() throws IOException {
    List<String> lines = Files.readAllLines(Chart.FOLDER.resolve("values.yaml"));
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean block = i + 1 < lines.size() && lines.get(i + 1).startsWith("  ");
      if (line.matches("[a-zA-Z]+:.*")
          && !line.matches(
              "(nodeSelector|tolerations|affinity|priorityClassName|pod[LA].*|extraV.*):.*")) {
        assertTrue(block || lines.get(i - 1).startsWith("#"), line);
      }
    }
  }

  @Test
  void a_number_is_written_as_it_stands() {
    Map<String, String> env =
        ManifestRules.environment(
            Chart.objects(
                "scheduler",
                REDIS
                    + "settings: {MAX_PENDING: 1000000, OTEL_TRACES_SAMPLER_ARG: 0.25,"
                    + " LEADER_ELIGIBLE: false, WORKER_COUNT: \"0016\"}\n"),
            "scheduler-0");
    assertEquals("1000000", env.get("MAX_PENDING"));
    assertEquals("0.25", env.get("OTEL_TRACES_SAMPLER_ARG"));
    assertEquals("false", env.get("LEADER_ELIGIBLE"));
    assertEquals("0016", env.get("WORKER_COUNT"));
  }

  // ---- restarts ----

  private static String checksum(String values) {
    return scheduler(Chart.objects("scheduler", values))
        .getMetadata()
        .getAnnotations()
        .get("checksum/config");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          settings: {WORKER_COUNT: 17} | true
          settings: {LOG_LEVEL: DEBUG} | true
          replicas: 5 | false
          ingress: {enabled: true, hosts: [h]}, tokens: {none: true} | false
          resources: {limits: {memory: 1Gi}} | false
          """)
  void changed_settings_restart_the_pods_and_nothing_else_does(String more, boolean restarts) {
    String before = checksum("{" + REDIS.strip() + "}");
    assertEquals(64, before.length());
    assertEquals(restarts, !before.equals(checksum("{" + REDIS.strip() + ", " + more + "}")));
  }

  @Test
  void a_changed_script_restarts_the_servers_that_run_it() throws IOException {
    Path copy = folder.resolve("chart");
    try (Stream<Path> files = Files.walk(Chart.FOLDER)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(Chart.FOLDER.relativize(file).toString()));
      }
    }
    String values = "redis: {mode: sentinel, password: {existingSecret: s}}";
    Map<String, Map<String, Object>> before =
        Manifests.byName(Chart.objects(Chart.text(copy, "scheduler", values)));
    Path script = copy.resolve("files/start/redis");
    Files.writeString(script, Files.readString(script) + "# changed\n");
    Map<String, Map<String, Object>> after =
        Manifests.byName(Chart.objects(Chart.text(copy, "scheduler", values)));
    assertNotEquals(
        before.get("StatefulSet scheduler-redis"), after.get("StatefulSet scheduler-redis"));
    assertEquals(
        before.get("StatefulSet scheduler-sentinel"), after.get("StatefulSet scheduler-sentinel"));
    assertEquals(before.get("Deployment scheduler"), after.get("Deployment scheduler"));
  }

  // ---- the rest ----

  @Test
  void no_value_holds_a_secret() throws IOException {
    Set<String> secrets = new TreeSet<>();
    leaves("", map(Files.readString(Chart.FOLDER.resolve("values.yaml"))), secrets);
    assertTrue(secrets.size() >= 8, secrets::toString);
    assertEquals(
        Set.of(), secrets.stream().filter(each -> !each.endsWith("=")).collect(Collectors.toSet()));
  }

  private static void leaves(String at, Map<String, Object> values, Set<String> found) {
    values.forEach((name, value) -> {
      if (value instanceof Map<?, ?>) {
        leaves(at + "/" + name, Kustomization.object(value), found);
      } else if (name.matches("(?i).*(secret|password|token)[s]?")
          && !name.equals("imagePullSecrets")) {
        found.add(at + "/" + name + "=" + value);
      }
    });
  }

  @Test
  void helm_lints_it_without_a_warning() {
    var result = new Helm(Chart.FOLDER).lint().strict().call();
    assertFalse(result.isFailed(), () -> result.getMessages().toString());
    assertEquals(
        List.of("[INFO] Chart.yaml: icon is recommended"), List.copyOf(result.getMessages()));
  }

  // ---- notes ----

  @Test
  void notes_name_what_is_missing_for_production() throws IOException {
    String notes = Chart.notes(REDIS);
    assertTrue(notes.contains("kubectl -n prod rollout status deployment/scheduler"), notes);
    assertTrue(notes.contains("WARNING: anyone who reaches the Service"), notes);
    assertTrue(notes.contains("WARNING: one Redis holds all tasks"), notes);
    String safe =
        Chart.notes(
            """
            elector: raft
            raft: {existingSecret: r}
            redis: {mode: sentinel, password: {existingSecret: s}}
            tokens: {existingSecret: t}
            ingress: {enabled: true, hosts: [tasks.example.com], tlsSecret: c}
            """);
    assertTrue(safe.contains("rollout status statefulset/scheduler"), safe);
    assertTrue(safe.contains("https://tasks.example.com"), safe);
    assertFalse(safe.contains("WARNING"), safe);
  }

  @Test
  void alerts_lead_to_where_people_read() {
    String rules =
        String.valueOf(
            Manifests.byName(
                    Chart.objects(
                        "scheduler",
                        REDIS
                            + "prometheusRule: {enabled: true, runbookBase: https://git.example.com/}"))
                .get("PrometheusRule scheduler"));
    assertTrue(
        rules.contains("https://git.example.com/docs/operations.md#schedulernoleader"), rules);
    assertFalse(rules.contains("runbook_url=docs/"), rules);
  }
}
