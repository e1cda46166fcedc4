package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.all;
import static dev.taskscheduler.ship.Manifests.overlay;
import static dev.taskscheduler.ship.Manifests.scheduler;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.SchedulerConfig;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the Helm chart to the overlays of kustomize, and each way of using it to the API's models
/// and to the rules of all manifests.
class ChartManifestTest {
  private static final String REDIS = "redis: {password: {existingSecret: scheduler-redis}}\n";

  @TempDir private Path secrets;

  /// What somebody may want, each beyond what the overlays have.
  enum Use {
    REDIS_ELECTOR(REDIS),
    RAFT("elector: raft\nraft: {existingSecret: scheduler-raft}\n" + REDIS),
    RAFT_BY_TLS("elector: raft\nreplicas: 5\nraft: {tls: {existingSecret: raft-tls}}\n" + REDIS),
    SENTINEL("redis: {mode: sentinel, password: {existingSecret: scheduler-redis}}\n"),
    RAFT_AND_SENTINEL(
        """
        elector: raft
        raft: {existingSecret: members, key: shared, storage: {size: 2Gi, className: fast}}
        redis: {mode: sentinel, password: {existingSecret: mine, key: pw}, maxmemory: 2gb}
        """),
    OWN_REDIS(
        """
        redis:
          mode: external
          address: rediss://scheduler@redis.example.com:6380/2
          password: {existingSecret: mine}
          tls: {existingSecret: redis-tls, clientCertificate: true}
        networkPolicy: {egress: {redisTo: [{ipBlock: {cidr: 10.1.2.0/24}}]}}
        """),
    OWN_REDIS_WITHOUT_A_PASSWORD(
        """
        redis: {mode: external, address: "redis.example.com", password: {none: true}}
        """),
    OWN_SENTINELS(
        """
        redis:
          mode: external
          address: redis-sentinel://a:26379,b:26380/mymaster
          password: {existingSecret: mine}
          sentinelPassword: {existingSecret: theirs, key: word}
        settings: {REDIS_SENTINEL_USER: scheduler}
        """),
    OWN_CLUSTER(
        """
        redis: {mode: external, address: "redis-cluster://a:7001,b:7002", password: {existingSecret: mine}}
        """),
    INGRESS(
        REDIS
            + """
            ingress: {enabled: true, hosts: [a.example.com, b.example.com], annotations: {x/y: "z"}}
            tokens: {existingSecret: callers, key: file}
            """),
    TLS(
        REDIS
            + """
            tls: {existingSecret: tasks-tls}
            service: {type: LoadBalancer, port: 443, annotations: {a/b: c}}
            """),
    SIGNED(REDIS + "signingKeys: {existingSecret: sign, key: k}\n"),
    WITHOUT_POLICIES(REDIS + "networkPolicy: {enabled: false}\n"),
    OPEN_TO_THE_OUTSIDE(
        """
        elector: raft
        raft: {existingSecret: scheduler-raft}
        redis: {mode: sentinel, password: {existingSecret: scheduler-redis}}
        networkPolicy: {egress: {enabled: false}}
        """),
    CLOSED(
        REDIS
            + """
            networkPolicy:
              from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]
              egress:
                publicTargets: false
                dnsPort: 5353
                extra:
                  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: tracing}}}]
                    ports: [{protocol: TCP, port: 4318}]
            """),
    EVERYTHING_ELSE(
        REDIS
            + """
            image: {repository: registry.example.com/task-scheduler, digest: "sha256:%s", pullPolicy: Always}
            imagePullSecrets: [{name: registry}]
            spread: {zones: DoNotSchedule, hosts: none}
            nodeSelector: {disk: ssd}
            tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]
            affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
            priorityClassName: high
            serviceAccountName: tasks
            podLabels: {team: shop}
            podAnnotations: {a/b: c}
            extraEnv: [{name: OTEL_EXPORTER_OTLP_HEADERS, value: "a=b"}]
            extraVolumes: [{name: runners, configMap: {name: runners}}]
            extraVolumeMounts: [{name: runners, mountPath: /app/runners, readOnly: true}]
            podDisruptionBudget: {enabled: false}
            settings: {MAX_PENDING: 1000000, OTEL_TRACES_SAMPLER_ARG: 0.5, LEADER_ELIGIBLE: true}
            """
                .formatted("0".repeat(64)));

    private final String values;

    Use(String values) {
      this.values = values;
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_api_knows_every_field_and_every_rule_is_kept(Use use) {
    List<Map<String, Object>> objects = Chart.objects("scheduler", use.values);
    for (Map<String, Object> one : objects) {
      assertEquals(List.of(), Manifests.faults(Manifests.YAML.asYaml(one)), one::toString);
    }
    ManifestRules.restricted(objects);
    ManifestRules.selectors(objects);
    ManifestRules.noSecrets(objects);
    switch (use) {
      case WITHOUT_POLICIES -> assertEquals(List.of(), all(objects, NetworkPolicy.class));
      case OPEN_TO_THE_OUTSIDE ->
          assertTrue(
              all(objects, NetworkPolicy.class).stream()
                  .filter(one -> !one.getMetadata().getName().matches(".*-(redis|sentinel)"))
                  .allMatch(one -> one.getSpec().getPolicyTypes().equals(List.of("Ingress"))));
      default -> ManifestRules.policies(objects);
    }
  }

  /// Each file that a setting names is in a Secret that is mounted, and the application takes all
  /// settings.
  @ParameterizedTest
  @EnumSource
  void the_application_reads_what_it_gets(Use use) throws IOException {
    List<Map<String, Object>> objects = Chart.objects("scheduler", use.values);
    Map<String, String> env = new HashMap<>(ManifestRules.environment(objects, "scheduler-1"));
    Map<String, String> contents =
        Map.of(
            "password",
            "x",
            "secret",
            "0123456789abcdef".repeat(2),
            "tokens",
            "ops all sha256:" + "0".repeat(64),
            "keys",
            "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    for (String name : List.copyOf(env.keySet())) {
      Path file = Path.of(env.get(name));
      if (!file.startsWith("/etc")) {
        continue;
      }
      var secret = ManifestRules.secretAt(scheduler(objects), file.getParent().toString());
      assertEquals(288, secret.getDefaultMode(), name);
      String key = file.getFileName().toString();
      assertTrue(
          secret.getItems().isEmpty()
              || secret.getItems().stream().anyMatch(item -> item.getPath().equals(key)),
          name);
      if (contents.containsKey(key)) {
        env.put(name, Files.writeString(secrets.resolve(key), contents.get(key)).toString());
      } else {
        env.remove(name); // certificates, which a test of their own reads
      }
    }
    SchedulerConfig config = SchedulerConfig.load(env);
    assertEquals(use.values.contains("elector: raft"), config.election().name().equals("RAFT"));
  }

  /// The overlays are the source, and what the chart makes differs from them by Helm's labels and
  /// checksums only.
  @ParameterizedTest
  @CsvSource({"redis,REDIS_ELECTOR", "raft,RAFT", "sentinel,SENTINEL"})
  void the_chart_makes_what_the_overlay_makes(String elector, Use use) throws IOException {
    assertSame(elector, List.of(), use.values);
  }

  @ParameterizedTest
  @CsvSource({"redis,REDIS_ELECTOR", "raft,RAFT", "sentinel,SENTINEL"})
  void the_chart_makes_what_the_components_add(String elector, Use use) throws IOException {
    assertSame(
        elector,
        Manifests.components(),
        use.values
            + """
            tokens: {existingSecret: scheduler-tokens}
            signingKeys: {existingSecret: scheduler-signing-keys}
            ingress:
              {enabled: true, className: nginx, hosts: [tasks.example.com], tlsSecret: scheduler-ingress}
            serviceMonitor: {enabled: true}
            prometheusRule: {enabled: true}
            """);
  }

  private static void assertSame(String elector, List<Path> components, String values)
      throws IOException {
    Map<String, Map<String, Object>> expected =
        Manifests.byName(Kustomization.read(overlay(elector), components).objects());
    Map<String, Map<String, Object>> made =
        Manifests.byName(
            Chart.objects("scheduler", values).stream()
                .map(one -> Kustomization.object(plain(one)))
                .toList());
    assertEquals(expected.keySet(), made.keySet());
    expected.forEach((name, one) -> assertEquals(plain(one), made.get(name), name));
  }

  /// Without what only Helm adds.
  private static Object plain(Object one) {
    if (one instanceof List<?> all) {
      return all.stream().map(ChartManifestTest::plain).toList();
    }
    if (one instanceof Map<?, ?> map) {
      Map<String, Object> plain = new TreeMap<>();
      map.forEach((key, value) -> {
        String name = String.valueOf(key);
        Object inner = plain(value);
        if (!name.matches(
                "app.kubernetes.io/(instance|version|managed-by)|helm.sh/chart|checksum/.*")
            && !(name.equals("annotations") && inner.equals(Map.of()))) {
          plain.put(name, inner);
        }
      });
      return plain;
    }
    return one;
  }

  /// Two releases in one namespace must not meet.
  @ParameterizedTest
  @EnumSource(names = {"RAFT_AND_SENTINEL", "INGRESS", "TLS"})
  void each_name_and_each_selector_is_of_the_release(Use use) {
    List<Map<String, Object>> objects =
        Chart.objects("mails", use.values + "serviceMonitor: {enabled: true}\n");
    for (Map<String, Object> one : objects) {
      String name = (String) Kustomization.object(one.get("metadata")).get("name");
      assertTrue(name.equals("mails") || name.startsWith("mails-"), name);
      List<Map<?, ?>> selectors = new ArrayList<>();
      collect(one, selectors);
      for (Map<?, ?> selector : selectors) {
        assertEquals("mails", selector.get("app.kubernetes.io/instance"), name + selector);
      }
    }
    String address = ManifestRules.environment(objects, "x").get("REDIS_ADDR");
    assertTrue(address.contains("mails-"), address);
  }

  private static void collect(Object one, List<Map<?, ?>> selectors) {
    switch (one) {
      case List<?> all -> all.forEach(each -> collect(each, selectors));
      case Map<?, ?> map ->
          map.forEach((key, value) -> {
            boolean ofService =
                key.equals("selector")
                    && value instanceof Map<?, ?> labels
                    && !labels.containsKey("matchLabels");
            if (key.equals("matchLabels") || ofService) {
              selectors.add((Map<?, ?>) value);
            } else {
              collect(value, selectors);
            }
          });
      default -> {} // a scalar
    }
  }

  /// A pod's label holds the StatefulSet's name and 11 characters, and has 63.
  @Test
  void a_long_name_of_a_release_is_cut() {
    for (Map<String, Object> one : Chart.objects("a".repeat(53), Use.RAFT_AND_SENTINEL.values)) {
      String name = (String) Kustomization.object(one.get("metadata")).get("name");
      assertTrue(name.length() <= 63, name);
      assertTrue(!one.get("kind").equals("StatefulSet") || name.length() <= 52, name);
    }
  }

  @Test
  void an_address_of_ones_own_opens_its_ports() {
    List<Integer> ports =
        all(Chart.objects("scheduler", Use.OWN_SENTINELS.values), NetworkPolicy.class).stream()
            .filter(one -> one.getMetadata().getName().equals("scheduler-to-redis"))
            .flatMap(one -> one.getSpec().getEgress().stream())
            .flatMap(rule -> rule.getPorts().stream())
            .map(port -> port.getPort().getIntVal())
            .toList();
    assertEquals(List.of(6379, 26379, 26380), ports);
  }

  @Test
  void with_tls_all_that_calls_a_node_does_so_by_https() {
    List<Map<String, Object>> objects =
        Chart.objects("scheduler", Use.TLS.values + "serviceMonitor: {enabled: true}\n");
    var container = scheduler(objects).getSpec().getContainers().getFirst();
    Stream.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())
        .forEach(probe -> assertEquals("HTTPS", probe.getHttpGet().getScheme()));
    String monitor =
        String.valueOf(Manifests.byName(objects).get("ServiceMonitor scheduler").get("spec"));
    assertTrue(monitor.contains("scheme=https"), monitor);
  }
}
