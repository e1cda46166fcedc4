package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What kustomize makes of a folder of `k8s/`, for the parts of kustomize that are used there.
/// Names of generated ConfigMaps have no hash. [KustomizationTest] compares it with kubectl.
final class Kustomization {
  private static final Set<String> KNOWN =
      Set.of(
          "apiVersion",
          "kind",
          "resources",
          "configMapGenerator",
          "patches",
          "images",
          "components");

  private final List<Map<String, Object>> objects = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();

  /// @param components folders of components that are used besides those that the folder names
  static Kustomization read(Path folder, List<Path> components) throws IOException {
    Kustomization read = new Kustomization();
    read.add(folder);
    for (Path component : components) {
      read.add(component);
    }
    return read;
  }

  List<Map<String, Object>> objects() {
    return objects;
  }

  /// All files that were read, without the kustomizations.
  List<Path> files() {
    return files;
  }

  private void add(Path folder) throws IOException {
    Map<String, Object> file = map(folder.resolve("kustomization.yaml"));
    if (!KNOWN.containsAll(file.keySet())) {
      throw new AssertionError("this reader lacks a part of " + folder + ": " + file.keySet());
    }
    for (Object name : list(file, "resources")) {
      Path path = folder.resolve((String) name).normalize();
      if (Files.isDirectory(path)) {
        add(path);
      } else {
        files.add(path);
        objects.add(map(path));
      }
    }
    for (Object name : list(file, "components")) {
      add(folder.resolve((String) name).normalize());
    }
    for (Object one : list(file, "configMapGenerator")) {
      generate(folder, object(one));
    }
    for (Object one : list(file, "patches")) {
      patch(folder, object(one));
    }
    for (Object one : list(file, "images")) {
      tag((String) object(one).get("name"), (String) object(one).get("newTag"));
    }
  }

  private void generate(Path folder, Map<String, Object> generator) throws IOException {
    Map<String, Object> data = new TreeMap<>();
    for (Object name : list(generator, "envs")) {
      Path path = file(folder, name);
      for (String line : Files.readAllLines(path)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          data.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
      }
    }
    for (Object name : list(generator, "files")) {
      Path path = file(folder, name);
      data.put(path.getFileName().toString(), Files.readString(path));
    }
    if ("merge".equals(generator.get("behavior"))) {
      object(named("ConfigMap", (String) generator.get("name")).get("data")).putAll(data);
      return;
    }
    Map<String, Object> metadata = new TreeMap<>(Map.of("name", generator.get("name")));
    if (generator.get("options") instanceof Map<?, ?> options) {
      metadata.put("labels", options.get("labels"));
    }
    objects.add(
        new TreeMap<>(
            Map.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", metadata, "data", data)));
  }

  private Path file(Path folder, Object name) {
    Path path = folder.resolve((String) name);
    files.add(path);
    return path;
  }

  /// JSON patches that add to a list of each object which the target selects.
  private void patch(Path folder, Map<String, Object> patch) throws IOException {
    Map<String, Object> target = object(patch.get("target"));
    List<?> operations =
        Manifests.YAML.unmarshal(Files.readString(file(folder, patch.get("path"))), List.class);
    List<Map<String, Object>> targets =
        objects.stream()
            .filter(one -> ((String) one.get("kind")).matches((String) target.get("kind")))
            .filter(one -> target.get("name").equals(object(one.get("metadata")).get("name")))
            .toList();
    if (targets.isEmpty()) {
      throw new AssertionError("nothing is patched by " + folder);
    }
    for (Map<String, Object> one : targets) {
      for (Object each : operations) {
        Map<String, Object> operation = object(each);
        String path = (String) operation.get("path");
        if (!operation.get("op").equals("add") || !path.endsWith("/-")) {
          throw new AssertionError("this reader lacks " + operation);
        }
        at(one, path.substring(1, path.length() - 2)).add(operation.get("value"));
      }
    }
  }

  @SuppressWarnings("unchecked") // the patch says that it is a list
  private static List<Object> at(Object root, String path) {
    Object here = root;
    for (String step : path.split("/")) {
      here = here instanceof List<?> all ? all.get(Integer.parseInt(step)) : object(here).get(step);
    }
    return (List<Object>) here;
  }

  private void tag(String image, String tag) {
    for (Map<String, Object> one : objects) {
      if (Set.of("Deployment", "StatefulSet").contains((String) one.get("kind"))) {
        for (Object container : at(one, "spec/template/spec/containers")) {
          Map<String, Object> fields = object(container);
          if (((String) fields.get("image")).replaceFirst(":.*", "").equals(image)) {
            fields.put("image", image + ":" + tag);
          }
        }
      }
    }
  }

  private Map<String, Object> named(String kind, String name) {
    return objects.stream()
        .filter(one -> one.get("kind").equals(kind))
        .filter(one -> object(one.get("metadata")).get("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<?> list(Map<String, Object> from, String key) {
    return from.get(key) instanceof List<?> all ? all : List.of();
  }

  @SuppressWarnings("unchecked") // a mapping of YAML
  static Map<String, Object> object(Object one) {
    return (Map<String, Object>) one;
  }

  private Kustomization() {}
}
