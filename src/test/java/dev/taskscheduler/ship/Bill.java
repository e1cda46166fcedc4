package dev.taskscheduler.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.yaml.snakeyaml.Yaml;

/// The libraries that come along, by the bill of materials that the build writes.
final class Bill {
  private static final String OF_RUN_ALONE = "embedded-redis";
  private static final Path FILE = Path.of("target/sbom.json");

  private Bill() {}

  /// @param id `group:artifact`
  /// @param licences SPDX identifiers, or names where the library's POM has no known one
  record Library(String id, String version, List<String> licences) {
    String jar() {
      return id.substring(id.indexOf(':') + 1) + "-" + version + ".jar";
    }

    @Override
    public String toString() {
      return id + " " + version + ": " + String.join(" or ", licences);
    }
  }

  /// All but what `./run` alone needs, in the order of their names.
  static List<Library> libraries() throws IOException {
    Map<?, ?> bill = new Yaml().load(Files.readString(FILE)); // JSON is YAML
    List<Library> libraries = new ArrayList<>();
    for (Object one : (List<?>) bill.get("components")) {
      Map<?, ?> component = (Map<?, ?>) one;
      String id = component.get("group") + ":" + component.get("name");
      libraries.add(new Library(id, String.valueOf(component.get("version")), licences(component)));
    }
    libraries.removeIf(library -> library.id().endsWith(OF_RUN_ALONE));
    libraries.sort(Comparator.comparing(Library::id));
    return libraries;
  }

  /// The jars that the node's own jar names as its class path; an older build may have left others
  /// beside them.
  static List<Path> jars() throws IOException {
    try (JarFile jar = new JarFile("target/task-scheduler.jar")) {
      String path = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return Stream.of(path.split(" "))
          .filter(name -> !name.contains(OF_RUN_ALONE))
          .map(Path.of("target")::resolve)
          .sorted()
          .toList();
    }
  }

  private static List<String> licences(Map<?, ?> component) {
    if (!(component.get("licenses") instanceof List<?> all)) {
      return List.of();
    }
    return all.stream()
        .map(one -> (Map<?, ?>) one)
        .map(one ->
            one.get("license") instanceof Map<?, ?> license
                ? String.valueOf(
                    license.containsKey("id") ? license.get("id") : license.get("name"))
                : String.valueOf(one.get("expression")))
        .toList();
  }

  /// What stands inside other jars and says so by a `pom.properties`, without licences.
  static List<Library> inside() throws IOException {
    List<Library> found = new ArrayList<>();
    for (Path jar : jars()) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
          if (entry.getName().matches("META-INF/maven/[^/]+/[^/]+/pom\\.properties")) {
            Properties properties = new Properties();
            properties.load(zip.getInputStream(entry));
            found.add(
                new Library(
                    properties.getProperty("groupId") + ":" + properties.getProperty("artifactId"),
                    properties.getProperty("version"),
                    List.of()));
          }
        }
      }
    }
    return found;
  }
}
