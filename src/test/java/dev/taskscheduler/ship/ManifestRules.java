package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.all;
import static dev.taskscheduler.ship.Manifests.scheduler;
import static dev.taskscheduler.ship.Manifests.templates;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What each set of manifests must keep, whether kustomize or Helm made it.
final class ManifestRules {
  /// What an admission that is called restricted asks for, a pinned image, limits and probes.
  static void restricted(List<Map<String, Object>> objects) {
    for (PodTemplateSpec template : templates(objects)) {
      PodSpec pod = template.getSpec();
      assertEquals(false, pod.getAutomountServiceAccountToken());
      assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
      assertNotEquals(0, pod.getSecurityContext().getRunAsUser());
      assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
      for (Container container : pod.getContainers()) {
        restricted(container);
      }
    }
  }

  private static void restricted(Container container) {
    assertEquals(true, container.getSecurityContext().getReadOnlyRootFilesystem());
    assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
    assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
    assertTrue(
        container.getImage().matches("[a-z/.-]+(:[0-9][0-9.]+|@sha256:[0-9a-f]{64})"),
        container.getImage());
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

  /// A quantity that means nothing throws.
  private static long bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity).longValueExact();
  }

  /// Whoever selects finds pods and ports.
  static void selectors(List<Map<String, Object>> objects) {
    List<PodTemplateSpec> pods = templates(objects);
    Map<String, Service> services = new HashMap<>();
    for (Service service : all(objects, Service.class)) {
      services.put(service.getMetadata().getName(), service);
      for (var port : service.getSpec().getPorts()) {
        assertTrue(
            pods.stream()
                .filter(pod -> selects(service.getSpec().getSelector(), pod))
                .flatMap(ManifestRules::ports)
                .anyMatch(p -> p.getName().equals(port.getTargetPort().getStrVal())),
            service.getMetadata().getName());
      }
    }
    for (StatefulSet set : all(objects, StatefulSet.class)) {
      assertEquals("None", services.get(set.getSpec().getServiceName()).getSpec().getClusterIP());
      assertTrue(
          selects(set.getSpec().getSelector().getMatchLabels(), set.getSpec().getTemplate()));
    }
    for (PodTemplateSpec pod : pods) {
      for (var spread : pod.getSpec().getTopologySpreadConstraints()) {
        assertTrue(selects(spread.getLabelSelector().getMatchLabels(), pod));
      }
    }
    for (PodDisruptionBudget budget : all(objects, PodDisruptionBudget.class)) {
      assertTrue(found(budget.getSpec().getSelector().getMatchLabels(), pods));
      assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
    }
    for (NetworkPolicy policy : all(objects, NetworkPolicy.class)) {
      assertTrue(found(policy.getSpec().getPodSelector().getMatchLabels(), pods));
      peers(policy)
          .filter(peer -> peer.getNamespaceSelector() == null && peer.getIpBlock() == null)
          .forEach(peer ->
              assertTrue(found(peer.getPodSelector().getMatchLabels(), pods), peer::toString));
    }
  }

  private static Stream<NetworkPolicyPeer> peers(NetworkPolicy policy) {
    return Stream.concat(
        policy.getSpec().getIngress().stream().flatMap(rule -> rule.getFrom().stream()),
        policy.getSpec().getEgress().stream().flatMap(rule -> rule.getTo().stream()));
  }

  private static boolean found(Map<String, String> labels, List<PodTemplateSpec> pods) {
    return pods.stream().anyMatch(pod -> selects(labels, pod));
  }

  static boolean selects(Map<String, String> labels, PodTemplateSpec pod) {
    return !labels.isEmpty()
        && pod.getMetadata().getLabels().entrySet().containsAll(labels.entrySet());
  }

  static Stream<ContainerPort> ports(PodTemplateSpec pod) {
    return pod.getSpec().getContainers().stream().flatMap(c -> c.getPorts().stream());
  }

  /// Each pod is closed in both directions, and what one part calls is open to it at the other end.
  static void policies(List<Map<String, Object>> objects) {
    List<NetworkPolicy> policies = all(objects, NetworkPolicy.class);
    for (PodTemplateSpec pod : templates(objects)) {
      Set<String> closed =
          policies.stream()
              .filter(one -> selects(one.getSpec().getPodSelector().getMatchLabels(), pod))
              .flatMap(one -> one.getSpec().getPolicyTypes().stream())
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(Set.of("Ingress", "Egress"), closed);
    }
    for (NetworkPolicy from : policies) {
      for (var rule : from.getSpec().getEgress()) {
        for (NetworkPolicyPeer peer : rule.getTo()) {
          if (peer.getPodSelector() != null && peer.getNamespaceSelector() == null) {
            int port = rule.getPorts().getFirst().getPort().getIntVal();
            assertTrue(
                admits(objects, peer, from.getSpec().getPodSelector().getMatchLabels(), port),
                from.getMetadata().getName() + " " + port);
          }
        }
      }
    }
  }

  private static boolean admits(
      List<Map<String, Object>> objects,
      NetworkPolicyPeer callee,
      Map<String, String> caller,
      int port) {
    PodTemplateSpec pod =
        templates(objects).stream()
            .filter(one -> selects(callee.getPodSelector().getMatchLabels(), one))
            .findFirst()
            .orElseThrow();
    return all(objects, NetworkPolicy.class).stream()
        .filter(one -> selects(one.getSpec().getPodSelector().getMatchLabels(), pod))
        .flatMap(one -> one.getSpec().getIngress().stream())
        .filter(rule ->
            rule.getFrom().stream()
                .anyMatch(from -> from.getPodSelector().getMatchLabels().equals(caller)))
        .flatMap(rule -> rule.getPorts().stream())
        .anyMatch(one ->
            ports(pod)
                .filter(known -> known.getContainerPort() == port)
                .anyMatch(known ->
                    known.getName().equals(one.getPort().getStrVal())
                        || known.getContainerPort().equals(one.getPort().getIntVal())));
  }

  /// A Secret that comes along is one that everybody knows; one that is an argument or a variable
  /// is seen by all that can list processes.
  static void noSecrets(List<Map<String, Object>> objects) {
    assertEquals(List.of(), all(objects, Secret.class));
    for (PodTemplateSpec template : templates(objects)) {
      Container container = template.getSpec().getContainers().getFirst();
      for (EnvVar variable : container.getEnv()) {
        assertFalse(
            variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null,
            variable::getName);
      }
      String arguments = container.getCommand() + " " + container.getArgs();
      assertFalse(arguments.matches("(?s).*(--requirepass|change-me|-a ).*"), arguments);
    }
    for (ConfigMap config : all(objects, ConfigMap.class)) {
      String text = String.valueOf(config.getData());
      assertFalse(text.matches("(?s).*://[^ ,/]*:[^ ,/]*@.*"), text);
    }
  }

  /// What a pod's process gets as its environment.
  static Map<String, String> environment(List<Map<String, Object>> objects, String pod) {
    Container container = scheduler(objects).getSpec().getContainers().getFirst();
    Map<String, String> env = new HashMap<>();
    for (var from : container.getEnvFrom()) {
      String name = from.getConfigMapRef().getName();
      env.putAll(
          all(objects, ConfigMap.class).stream()
              .filter(one -> one.getMetadata().getName().equals(name))
              .findFirst()
              .orElseThrow()
              .getData());
    }
    for (EnvVar variable : container.getEnv()) {
      if (variable.getValueFrom() == null) {
        env.put(variable.getName(), variable.getValue());
      } else {
        assertEquals("metadata.name", variable.getValueFrom().getFieldRef().getFieldPath());
        env.put(variable.getName(), pod);
      }
    }
    return env;
  }

  /// The Secret whose keys stand as files in a folder of the first container.
  static SecretVolumeSource secretAt(PodTemplateSpec pod, String folder) {
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
        .getSecret();
  }

  private ManifestRules() {}
}
