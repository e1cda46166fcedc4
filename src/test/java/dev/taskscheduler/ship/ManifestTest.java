package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.K8S;
import static dev.taskscheduler.ship.Manifests.MONITORING;
import static dev.taskscheduler.ship.Manifests.all;
import static dev.taskscheduler.ship.Manifests.faults;
import static dev.taskscheduler.ship.Manifests.map;
import static dev.taskscheduler.ship.Manifests.named;
import static dev.taskscheduler.ship.Manifests.overlay;
import static dev.taskscheduler.ship.Manifests.scheduler;
import static dev.taskscheduler.ship.Manifests.templates;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.redis.RedisAddress;
import dev.taskscheduler.redis.RedisTopology;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the manifests of `k8s/` against the API's own models, against what an admission that is
/// called restricted asks for, and against this application's configuration.
class ManifestTest {
  @TempDir private Path secrets;

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void the_api_knows_every_field_and_misses_none(String elector) throws IOException {
    List<Path> files =
        Kustomization.read(overlay(elector), Manifests.components()).files().stream()
            .filter(file -> file.toString().endsWith(".yaml"))
            .filter(file -> !file.startsWith(MONITORING)) // of an operator, not of Kubernetes
            .filter(file ->
                !file.startsWith(Manifests.K8S.resolve("components"))
                    || file.endsWith("ingress.yaml"))
            .toList();
    assertTrue(files.size() > 7, files::toString);
    for (Path file : files) {
      assertEquals(List.of(), faults(Files.readString(file)), file::toString);
    }
    for (Map<String, Object> one : objects(elector)) {
      assertEquals(List.of(), faults(Manifests.YAML.asYaml(one)), one::toString);
    }
  }

  /// The check itself can fail.
  @ParameterizedTest
  @CsvSource({
    "replicas: 3, replicsa: 3",
    "replicas: 3, replicas: three",
    "readOnlyRootFilesystem, readOnlyRootFileSystem",
    "containerPort: 8080, containerPort: http",
    "apps/v1, apps/v1beta9",
    "'/health/ready, port: http', '/health/ready'"
  })
  void a_fault_is_found(String right, String wrong) throws IOException {
    String yaml = Files.readString(K8S.resolve("deployment/scheduler.yaml"));
    assertNotEquals(yaml, yaml.replace(right, wrong));
    assertFalse(faults(yaml.replace(right, wrong)).isEmpty());
  }

  @Test
  void no_file_is_left_out() throws IOException {
    Set<Path> named = new TreeSet<>();
    for (String elector : List.of("redis", "raft", "sentinel")) {
      named.addAll(Kustomization.read(overlay(elector), Manifests.components()).files());
    }
    try (Stream<Path> files = Files.walk(K8S)) {
      assertEquals(
          new TreeSet<>(
              files
                  .filter(Files::isRegularFile)
                  .filter(file -> !file.endsWith("kustomization.yaml"))
                  .filter(file -> !file.startsWith(K8S.resolve("helm")))
                  .toList()),
          named);
    }
  }

  // ---- policies ----

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void pods_selectors_and_policies_keep_the_rules(String elector) throws IOException {
    List<Map<String, Object>> objects =
        Kustomization.read(overlay(elector), Manifests.components()).objects();
    ManifestRules.restricted(objects);
    ManifestRules.selectors(objects);
    ManifestRules.policies(objects);
    ManifestRules.noSecrets(objects);
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void nodes_spread_over_zones_and_machines(String elector) throws IOException {
    for (PodTemplateSpec pod : templates(objects(elector))) {
      if (!pod.getMetadata().getLabels().containsValue("scheduler-redis")
          || elector.equals("sentinel")) {
        assertEquals(
            List.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
            pod.getSpec().getTopologySpreadConstraints().stream()
                .map(one -> one.getTopologyKey())
                .toList());
      }
    }
  }

  private static List<Map<String, Object>> objects(String elector) throws IOException {
    return Kustomization.read(overlay(elector), List.of()).objects();
  }

  /// Targets at private addresses, and where clouds give out credentials, need a rule of their own,
  /// as they need HTTP_ALLOW_PRIVATE.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3",
        "172.16.0.1",
        "192.168.7.7",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1"
      })
  void nodes_call_public_addresses_only(String address) throws Exception {
    var block =
        named("redis", NetworkPolicy.class, "scheduler").getSpec().getEgress().stream()
            .flatMap(rule -> rule.getTo().stream())
            .map(peer -> peer.getIpBlock())
            .filter(one -> one.getCidr().equals("0.0.0.0/0"))
            .findFirst()
            .orElseThrow();
    assertTrue(block.getExcept().stream().anyMatch(each -> contains(each, address)));
    assertFalse(block.getExcept().stream().anyMatch(each -> contains(each, "198.51.100.7")));
  }

  private static boolean contains(String block, String address) {
    int length = Integer.parseInt(block.substring(block.indexOf('/') + 1));
    return (bits(block.substring(0, block.indexOf('/'))) ^ bits(address)) >>> (32 - length) == 0;
  }

  private static long bits(String address) {
    long bits = 0;
    for (String part : address.split("\\.")) {
      bits = bits << 8 | Integer.parseInt(part);
    }
    return bits;
  }

  @Test
  void only_peers_reach_the_raft_port() throws IOException {
    int open = 0;
    for (NetworkPolicy policy : all("raft", NetworkPolicy.class)) {
      for (var rule : policy.getSpec().getIngress()) {
        if (rule.getPorts().stream()
            .anyMatch(p -> Integer.valueOf(9900).equals(p.getPort().getIntVal()))) {
          open++;
          assertEquals(1, rule.getFrom().size());
          assertEquals(
              scheduler("raft").getMetadata().getLabels(),
              rule.getFrom().getFirst().getPodSelector().getMatchLabels());
        }
      }
    }
    assertEquals(1, open);
  }

  @Test
  void raft_members_find_each_other_before_they_are_ready() throws IOException {
    StatefulSet set = named("raft", StatefulSet.class, "scheduler");
    Service service = named("raft", Service.class, set.getSpec().getServiceName());
    assertEquals(true, service.getSpec().getPublishNotReadyAddresses());
    assertEquals("Parallel", set.getSpec().getPodManagementPolicy());
    List<String> members =
        config("raft", "scheduler-1").raft().listed().stream()
            .map(m -> m.id() + " " + m.host())
            .toList();
    List<String> pods = new ArrayList<>();
    for (int i = 0; i < set.getSpec().getReplicas(); i++) {
      pods.add("scheduler-" + i + " scheduler-" + i + "." + service.getMetadata().getName());
    }
    assertEquals(pods, members);
  }

  @Test
  void a_rolling_update_by_redis_takes_no_node_away_before_its_successor_is_ready()
      throws IOException {
    var update =
        named("redis", Deployment.class, "scheduler").getSpec().getStrategy().getRollingUpdate();
    assertEquals(0, update.getMaxUnavailable().getIntVal());
    assertEquals(1, update.getMaxSurge().getIntVal());
  }

  // ---- the application ----

  /// What a pod's process is told, read by the application itself.
  private SchedulerConfig config(String elector, String pod) throws IOException {
    Map<String, String> env = ManifestRules.environment(objects(elector), pod);
    String documented = Files.readString(Path.of("src/main/resources/application.yaml"));
    for (String name : env.keySet()) {
      String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
      assertTrue(documented.contains("#   " + key + ": "), name);
    }
    Path password = Path.of(env.get("REDIS_PASSWORD_FILE"));
    assertEquals("password", password.getFileName().toString());
    assertEquals(
        "scheduler-redis",
        ManifestRules.secretAt(scheduler(elector), password.getParent().toString())
            .getSecretName());
    String mounted = password.toString();
    String readable = Files.writeString(secrets.resolve("password"), "x").toString();
    env.replaceAll((name, value) -> value.equals(mounted) ? readable : value);
    Path raft = Files.writeString(secrets.resolve("raft"), "0123456789abcdef".repeat(2));
    env.computeIfPresent("RAFT_SECRET_FILE", (name, file) -> raft.toString());
    return SchedulerConfig.load(env);
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void the_application_reads_what_it_is_told(String elector) throws IOException {
    SchedulerConfig config = config(elector, "scheduler-1");
    PodTemplateSpec pod = scheduler(elector);
    assertEquals(
        elector.equals("raft") ? "raft" : "redis",
        config.election().name().toLowerCase(Locale.ROOT));
    Map<String, Integer> ports = new HashMap<>();
    ManifestRules.ports(pod).forEach(p -> ports.put(p.getName(), p.getContainerPort()));
    assertEquals(config.http().port(), ports.get("http"));
    for (RedisAddress address :
        config.redis().topology() instanceof RedisTopology.Sentinel group
            ? group.sentinels()
            : List.of(((RedisTopology.Single) config.redis().topology()).address())) {
      Service redis =
          named(elector, Service.class, address.host().substring(address.host().indexOf('.') + 1));
      assertEquals(address.port(), redis.getSpec().getPorts().getFirst().getPort());
    }
    long preStop =
        pod.getSpec()
            .getContainers()
            .getFirst()
            .getLifecycle()
            .getPreStop()
            .getSleep()
            .getSeconds();
    assertTrue(
        pod.getSpec().getTerminationGracePeriodSeconds()
            >= config.leader().drain().toSeconds() + preStop + 10,
        "killed in the midst of draining");
    if (elector.equals("raft")) {
      assertEquals(config.raft().bind().port(), ports.get("raft"));
      String data = config.raft().dataDir().toString();
      assertTrue(
          pod.getSpec().getContainers().getFirst().getVolumeMounts().stream()
              .anyMatch(
                  m -> m.getName().equals("data") && data.startsWith(m.getMountPath() + "/")));
    }
  }

  @Test
  void each_alert_names_a_chapter_that_there_is() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("docs/operations.md"));
    int alerts = 0;
    for (Object group : (List<?>) map(Path.of("docs/monitoring/alerts.yml")).get("groups")) {
      for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
        String name = String.valueOf(((Map<?, ?>) rule).get("alert"));
        assertEquals(
            "docs/operations.md#" + name.toLowerCase(Locale.ROOT),
            ((Map<?, ?>) ((Map<?, ?>) rule).get("annotations")).get("runbook_url"));
        assertTrue(lines.contains("### " + name), name);
        alerts++;
      }
    }
    assertTrue(alerts > 10, alerts + " alerts");
  }

  @Test
  void the_operator_has_the_same_alerts() throws IOException {
    Map<?, ?> rule = map(MONITORING.resolve("prometheusrule.yaml"));
    assertEquals(
        map(Path.of("docs/monitoring/alerts.yml")).get("groups"),
        ((Map<?, ?>) rule.get("spec")).get("groups"));
    Map<?, ?> monitor = (Map<?, ?>) map(MONITORING.resolve("servicemonitor.yaml")).get("spec");
    assertEquals(
        named("redis", Service.class, "scheduler").getMetadata().getLabels(),
        ((Map<?, ?>) monitor.get("selector")).get("matchLabels"));
    Map<?, ?> endpoint = (Map<?, ?>) ((List<?>) monitor.get("endpoints")).getFirst();
    assertEquals(
        named("redis", Service.class, "scheduler").getSpec().getPorts().getFirst().getName(),
        endpoint.get("port"));
  }
}
