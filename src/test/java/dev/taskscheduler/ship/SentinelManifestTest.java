package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.all;
import static dev.taskscheduler.ship.Manifests.named;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.RedisAddress;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisTopology;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Holds what is special to the overlay with Sentinels: its parts name each other rightly.
class SentinelManifestTest {
  private static final String OVERLAY = "sentinel";

  private static StatefulSet set(String part) throws IOException {
    return named(OVERLAY, StatefulSet.class, "scheduler-" + part);
  }

  private static Container container(String part) throws IOException {
    return set(part).getSpec().getTemplate().getSpec().getContainers().getFirst();
  }

  private static Map<String, String> environment(Container container) {
    return container.getEnv().stream()
        .filter(variable -> variable.getValue() != null)
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  /// The names of a StatefulSet's pods, with the port.
  private static List<String> addresses(String part, String between, int port) throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < set(part).getSpec().getReplicas(); i++) {
      all.add(
          "scheduler-%s-%d.%s%s%d"
              .formatted(part, i, set(part).getSpec().getServiceName(), between, port));
    }
    return all;
  }

  @Test
  void nodes_servers_and_sentinels_name_each_other() throws IOException {
    List<String> sentinels = addresses("sentinel", ":", 26379);
    assertEquals(3, sentinels.size());
    String address = named(OVERLAY, ConfigMap.class, "scheduler").getData().get("REDIS_ADDR");
    RedisTopology.Sentinel topology =
        (RedisTopology.Sentinel) RedisConfig.parse(address).topology();
    assertEquals(sentinels, topology.sentinels().stream().map(RedisAddress::toString).toList());
    assertEquals("mymaster", topology.primary());
    assertEquals(sentinels, List.of(environment(container("redis")).get("SENTINELS").split(" ")));
    assertEquals(
        addresses("redis", " ", 6379).getFirst(),
        environment(container("sentinel")).get("PRIMARY"));
  }

  @Test
  void each_pod_runs_its_script_under_its_own_name_and_is_found_before_it_is_ready()
      throws IOException {
    ConfigMap scripts = named(OVERLAY, ConfigMap.class, "scheduler-redis-start");
    for (String part : List.of("redis", "sentinel")) {
      Container container = container(part);
      assertEquals(List.of("sh", "/start/" + part), container.getCommand());
      assertTrue(scripts.getData().get(part).startsWith("#!/bin/sh"), part);
      assertEquals("/data", container.getWorkingDir());
      assertEquals("$(POD).scheduler-" + part, environment(container).get("NAME"));
      assertEquals("scheduler-" + part, set(part).getSpec().getServiceName());
      assertEquals("Parallel", set(part).getSpec().getPodManagementPolicy());
      assertEquals(
          true,
          named(OVERLAY, Service.class, "scheduler-" + part)
              .getSpec()
              .getPublishNotReadyAddresses());
      assertTrue(
          set(part).getSpec().getTemplate().getSpec().getVolumes().stream()
              .anyMatch(volume ->
                  volume.getConfigMap() != null
                      && volume.getConfigMap().getName().equals(scripts.getMetadata().getName())));
      named(OVERLAY, PodDisruptionBudget.class, "scheduler-" + part);
    }
  }

  @Test
  void only_nodes_servers_and_sentinels_reach_servers_and_sentinels() throws IOException {
    for (String part : List.of("redis", "sentinel")) {
      var rules = named(OVERLAY, NetworkPolicy.class, "scheduler-" + part).getSpec().getIngress();
      assertEquals(1, rules.size());
      assertEquals(part, rules.getFirst().getPorts().getFirst().getPort().getStrVal());
      assertEquals(
          Set.of("task-scheduler", "scheduler-redis", "scheduler-sentinel"),
          rules.getFirst().getFrom().stream()
              .flatMap(from -> from.getPodSelector().getMatchLabels().values().stream())
              .collect(Collectors.toSet()));
    }
  }

  @Test
  void every_overlay_keeps_the_single_redis_or_brings_its_own() throws IOException {
    for (String name : List.of("redis", "raft")) {
      assertEquals(
          1, named(name, StatefulSet.class, "scheduler-redis").getSpec().getReplicas(), name);
    }
    assertEquals(2, all(OVERLAY, StatefulSet.class).size());
  }
}
