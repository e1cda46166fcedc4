package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.K8S;
import static dev.taskscheduler.ship.Manifests.MONITORING;
import static dev.taskscheduler.ship.Manifests.all;
import static dev.taskscheduler.ship.Manifests.faults;
import static dev.taskscheduler.ship.Manifests.generatorFiles;
import static dev.taskscheduler.ship.Manifests.map;
import static dev.taskscheduler.ship.Manifests.named;
import static dev.taskscheduler.ship.Manifests.overlay;
import static dev.taskscheduler.ship.Manifests.resources;
import static dev.taskscheduler.ship.Manifests.scheduler;
import static dev.taskscheduler.ship.Manifests.templates;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.redis.RedisAddress;
import dev.taskscheduler.redis.RedisTopology;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
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
    List<Path> files = resources(overlay(elector));
    assertTrue(files.size() > 7, files::toString);
    for (Path file : files) {
      assertEquals(List.of(), faults(Files.readString(file)), file::toString);
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
    String yaml = Files.readString(overlay("redis").resolve("scheduler.yaml"));
    assertNotEquals(yaml, yaml.replace(right, wrong));
    assertFalse(faults(yaml.replace(right, wrong)).isEmpty());
  }

  @Test
  void no_file_is_left_out() throws IOException {
    Set<Path> named = new TreeSet<>();
    for (Path folder :
        List.of(overlay("redis"), overlay("raft"), overlay("sentinel"), MONITORING)) {
      named.addAll(resources(folder));
      named.addAll(generatorFiles(folder));
    }
    try (Stream<Path> files = Files.walk(K8S)) {
      assertEquals(
          new TreeSet<>(
              files
                  .filter(Files::isRegularFile)
                  .filter(file -> !file.endsWith("kustomization.yaml"))
                  .toList()),
          named);
    }
  }

  // ---- policies ----

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void every_pod_is_restricted(String elector) throws IOException {
    for (PodTemplateSpec template : templates(elector)) {
      PodSpec pod = template.getSpec();
      assertEquals(false, pod.getAutomountServiceAccountToken());
      assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
      assertNotEquals(0, pod.getSecurityContext().getRunAsUser());
      assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
      for (Container container : pod.getContainers()) {
        assertEquals(true, container.getSecurityContext().getReadOnlyRootFilesystem());
        assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
        assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
        assertTrue(container.getImage().matches("[a-z/.-]+:[0-9][0-9.]+"), container.getImage());
        assertTrue(bytes(container.getResources().getLimits().get("memory")) >= 256L << 20);
        assertNotNull(container.getResources().getRequests().get("cpu"));
        assertTrue(
            bytes(container.getResources().getRequests().get("memory"))
                <= bytes(container.getResources().getLimits().get("memory")));
        for (Probe probe :
            List.of(
                container.getStartupProbe(),
                container.getLivenessProbe(),
                container.getReadinessProbe())) {
          assertNotNull(probe);
          if (probe.getHttpGet() != null) {
            assertEquals("http", probe.getHttpGet().getPort().getStrVal());
          }
        }
      }
    }
  }

  /// A quantity that means nothing throws.
  private static long bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity).longValueExact();
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void whoever_selects_finds_pods_and_ports(String elector) throws IOException {
    List<PodTemplateSpec> pods = templates(elector);
    for (Service service : all(elector, Service.class)) {
      for (var port : service.getSpec().getPorts()) {
        assertTrue(
            pods.stream()
                .filter(pod ->
                    labels(pod).entrySet().containsAll(service.getSpec().getSelector().entrySet()))
                .flatMap(ManifestTest::ports)
                .anyMatch(p -> p.getName().equals(port.getTargetPort().getStrVal())),
            service.getMetadata().getName());
      }
    }
    for (StatefulSet set : all(elector, StatefulSet.class)) {
      assertEquals(
          "None",
          named(elector, Service.class, set.getSpec().getServiceName()).getSpec().getClusterIP());
      assertEquals(
          labels(set.getSpec().getTemplate()), set.getSpec().getSelector().getMatchLabels());
    }
    for (NetworkPolicy policy : all(elector, NetworkPolicy.class)) {
      assertTrue(
          pods.stream()
              .anyMatch(
                  pod -> labels(pod).equals(policy.getSpec().getPodSelector().getMatchLabels())));
    }
    for (PodDisruptionBudget budget : all(elector, PodDisruptionBudget.class)) {
      assertTrue(
          pods.stream()
              .anyMatch(
                  pod -> labels(pod).equals(budget.getSpec().getSelector().getMatchLabels())));
      assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
    }
  }

  private static Map<String, String> labels(PodTemplateSpec pod) {
    return pod.getMetadata().getLabels();
  }

  private static Stream<ContainerPort> ports(PodTemplateSpec pod) {
    return pod.getSpec().getContainers().stream().flatMap(c -> c.getPorts().stream());
  }

  @Test
  void only_peers_reach_the_raft_port() throws IOException {
    for (var rule : named("raft", NetworkPolicy.class, "scheduler").getSpec().getIngress()) {
      if (rule.getPorts().stream().anyMatch(p -> p.getPort().getIntVal() == 9900)) {
        assertEquals(1, rule.getFrom().size());
        assertEquals(
            labels(scheduler("raft")), rule.getFrom().getFirst().getPodSelector().getMatchLabels());
      } else {
        assertEquals(8080, rule.getPorts().getFirst().getPort().getIntVal());
      }
    }
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
    Container container = scheduler(elector).getSpec().getContainers().getFirst();
    Map<String, String> env = new HashMap<>();
    container
        .getEnvFrom()
        .forEach(from -> {
          try {
            env.putAll(named(elector, ConfigMap.class, from.getConfigMapRef().getName()).getData());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    for (EnvVar variable : container.getEnv()) {
      var from = variable.getValueFrom();
      if (from == null) {
        env.put(variable.getName(), variable.getValue());
      } else {
        assertEquals("metadata.name", from.getFieldRef().getFieldPath());
        env.put(variable.getName(), pod);
      }
    }
    String documented = Files.readString(Path.of("src/main/resources/application.yaml"));
    for (String name : env.keySet()) {
      String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
      assertTrue(documented.contains("#   " + key + ": "), name);
    }
    Path password = Path.of(env.get("REDIS_PASSWORD_FILE"));
    assertEquals("password", password.getFileName().toString());
    assertEquals("scheduler-redis", secretAt(scheduler(elector), password.getParent().toString()));
    String mounted = password.toString();
    String readable = Files.writeString(secrets.resolve("password"), "x").toString();
    env.replaceAll((name, value) -> value.equals(mounted) ? readable : value);
    Path raft = Files.writeString(secrets.resolve("raft"), "0123456789abcdef".repeat(2));
    env.computeIfPresent("RAFT_SECRET_FILE", (name, file) -> raft.toString());
    return SchedulerConfig.load(env);
  }

  /// The Secret whose keys stand as files in a folder of the first container.
  private static String secretAt(PodTemplateSpec pod, String folder) {
    String volume =
        pod.getSpec().getContainers().getFirst().getVolumeMounts().stream()
            .filter(mount -> mount.getMountPath().equals(folder))
            .findFirst()
            .orElseThrow(() -> new AssertionError("nothing is mounted at " + folder))
            .getName();
    return pod.getSpec().getVolumes().stream()
        .filter(one -> one.getName().equals(volume))
        .findFirst()
        .orElseThrow()
        .getSecret()
        .getSecretName();
  }

  /// A Secret that comes along is one that everybody knows; one that is an argument or a variable
  /// is seen by all that can list processes.
  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void no_secret_comes_along_or_stands_in_arguments_or_the_environment(String elector)
      throws IOException {
    assertEquals(List.of(), all(elector, Secret.class));
    for (PodTemplateSpec template : templates(elector)) {
      Container container = template.getSpec().getContainers().getFirst();
      assertEquals("scheduler-redis", secretAt(template, "/etc/scheduler-redis"));
      for (EnvVar variable : container.getEnv()) {
        assertFalse(
            variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null,
            variable::getName);
      }
      String arguments = container.getCommand() + " " + container.getArgs();
      assertFalse(arguments.matches("(?s).*(--requirepass|change-me|-a ).*"), arguments);
    }
    String config = String.valueOf(named(elector, ConfigMap.class, "scheduler").getData());
    assertFalse(config.matches(".*://[^ ,]*:[^ ,]*@.*"), config);
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
    ports(pod).forEach(p -> ports.put(p.getName(), p.getContainerPort()));
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
