package dev.taskscheduler.ship;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the manifests of `k8s/`, and holds one against both models of the API.
final class Manifests {
  static final Path K8S = Path.of("k8s");
  static final Path BASE = K8S.resolve("base");
  static final Path MONITORING = K8S.resolve("components/monitoring");
  static final String NAME = "app.kubernetes.io/name";
  static final KubernetesSerialization YAML = new KubernetesSerialization();

  static Path overlay(String elector) {
    return K8S.resolve("overlays").resolve(elector);
  }

  static Map<String, Object> map(Path file) throws IOException {
    return map(Files.readString(file));
  }

  @SuppressWarnings("unchecked") // a manifest is a mapping
  static Map<String, Object> map(String yaml) {
    return (Map<String, Object>) YAML.unmarshal(yaml, Map.class);
  }

  static List<Path> components() throws IOException {
    try (Stream<Path> folders = Files.list(K8S.resolve("components"))) {
      return folders.sorted().toList();
    }
  }

  /// Objects by kind and name.
  static Map<String, Map<String, Object>> byName(List<Map<String, Object>> objects) {
    Map<String, Map<String, Object>> named = new TreeMap<>();
    for (Map<String, Object> one : objects) {
      Object name = Kustomization.object(one.get("metadata")).get("name");
      if (named.put(one.get("kind") + " " + name, one) != null) {
        throw new AssertionError("two are " + one.get("kind") + " " + name);
      }
    }
    return named;
  }

  static <T extends HasMetadata> List<T> all(String elector, Class<T> kind) throws IOException {
    return all(Kustomization.read(overlay(elector), List.of()).objects(), kind);
  }

  static <T extends HasMetadata> List<T> all(List<Map<String, Object>> objects, Class<T> kind) {
    return objects.stream()
        .filter(one -> one.get("kind").equals(kind.getSimpleName()))
        .map(one -> YAML.unmarshal(YAML.asYaml(one), kind))
        .toList();
  }

  static <T extends HasMetadata> T named(String elector, Class<T> kind, String name)
      throws IOException {
    return all(elector, kind).stream()
        .filter(one -> one.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName() + " " + name));
  }

  static PodTemplateSpec scheduler(String elector) throws IOException {
    return scheduler(Kustomization.read(overlay(elector), List.of()).objects());
  }

  static PodTemplateSpec scheduler(List<Map<String, Object>> objects) {
    return templates(objects).stream()
        .filter(one -> "task-scheduler".equals(one.getMetadata().getLabels().get(NAME)))
        .findFirst()
        .orElseThrow();
  }

  static List<PodTemplateSpec> templates(List<Map<String, Object>> objects) {
    return Stream.concat(
            all(objects, Deployment.class).stream().map(one -> one.getSpec().getTemplate()),
            all(objects, StatefulSet.class).stream().map(one -> one.getSpec().getTemplate()))
        .toList();
  }

  /// What fabric8 does not know it keeps as additional properties.
  private static void unknown(
      @Nullable Object one, String path, List<String> found, Set<Object> seen) {
    if (one instanceof Map<?, ?> map) {
      map.forEach((key, value) -> unknown(value, path + "." + key, found, seen));
    } else if (one instanceof Collection<?> all) {
      all.forEach(value -> unknown(value, path + "[]", found, seen));
    } else if (one != null
        && one.getClass().getName().startsWith("io.fabric8.")
        && !(one instanceof Enum<?>)
        && seen.add(one)) {
      for (Method getter : one.getClass().getMethods()) {
        if (getter.getParameterCount() == 0 && getter.getName().startsWith("get")) {
          Object value;
          try {
            value = getter.invoke(one);
          } catch (ReflectiveOperationException e) {
            continue; // a view that this object does not have
          }
          if (getter.getName().equals("getAdditionalProperties")) {
            ((Map<?, ?>) value).keySet().forEach(key -> found.add(path + "." + key));
          } else if (!getter.getName().equals("getClass")) {
            unknown(value, path + "." + getter.getName().substring(3), found, seen);
          }
        }
      }
    }
  }

  /// What both models say against a manifest.
  static List<String> faults(String yaml) {
    List<String> found = new ArrayList<>();
    Object typed;
    try {
      typed = YAML.unmarshal(yaml);
    } catch (RuntimeException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    if (typed instanceof GenericKubernetesResource) {
      return List.of("unknown kind or version");
    }
    unknown(typed, "", found, Collections.newSetFromMap(new IdentityHashMap<>()));
    Map<String, Object> map = map(yaml);
    String[] version = ((String) map.get("apiVersion")).split("/");
    String v = version[version.length - 1];
    String model =
        "io.kubernetes.client.openapi.models."
            + Character.toUpperCase(v.charAt(0))
            + v.substring(1)
            + map.get("kind");
    try {
      Class.forName(model)
          .getMethod("validateJsonElement", JsonElement.class)
          .invoke(null, new Gson().toJsonTree(map));
    } catch (InvocationTargetException e) {
      found.add(String.valueOf(e.getCause().getMessage()));
    } catch (ReflectiveOperationException e) {
      found.add("no model " + model);
    }
    return found;
  }

  private Manifests() {}
}
