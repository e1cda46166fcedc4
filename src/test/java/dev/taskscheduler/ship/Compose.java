package dev.taskscheduler.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/// Reads `docker-compose.yml` and its overlay for Sentinels, with their merges resolved.
final class Compose {
  static final Path BASE = Path.of("docker-compose.yml");
  static final Path SENTINEL = Path.of("docker-compose.sentinel.yml");

  private Compose() {}

  static Map<String, Map<String, Object>> services() throws IOException {
    return services(BASE);
  }

  /// The services of a file.
  @SuppressWarnings("unchecked") // each service is a mapping
  static Map<String, Map<String, Object>> services(Path file) throws IOException {
    Map<String, Object> all = new Yaml().load(Files.readString(file));
    return (Map<String, Map<String, Object>>) all.get("services");
  }

  /// The services of the base and the overlay together, as Compose merges them: mappings key by
  /// key, ports of both, and else what the overlay says. (Its volumes have the same targets as the
  /// base's.)
  static Map<String, Map<String, Object>> withSentinels() throws IOException {
    Map<String, Map<String, Object>> all = new LinkedHashMap<>(services(BASE));
    services(SENTINEL).forEach((name, service) -> all.merge(name, service, Compose::merged));
    return all;
  }

  private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> over) {
    Map<String, Object> all = new LinkedHashMap<>(base);
    over.forEach((key, value) -> all.merge(key, value, (one, two) -> merged(key, one, two)));
    return all;
  }

  @SuppressWarnings("unchecked") // keys are texts
  private static Object merged(String key, Object base, Object over) {
    if (base instanceof Map<?, ?> one && over instanceof Map<?, ?> two) {
      return merged((Map<String, Object>) one, (Map<String, Object>) two);
    }
    if (key.equals("ports") && base instanceof List<?> one && over instanceof List<?> two) {
      List<Object> both = new ArrayList<>(one);
      both.addAll(two);
      return both;
    }
    return over;
  }

  /// A list of texts; empty where the key is not there.
  static List<String> texts(Map<String, Object> service, String key) {
    return service.get(key) instanceof List<?> all
        ? all.stream().map(Object::toString).toList()
        : List.of();
  }

  /// The environment of a service.
  static Map<?, ?> environment(Map<String, Object> service) {
    return service.get("environment") instanceof Map<?, ?> map ? map : Map.of();
  }

  /// A command as the container gets it: Compose reads `$$` as `$`.
  static List<String> command(Map<String, Object> service) {
    return texts(service, "command").stream().map(word -> word.replace("$$", "$")).toList();
  }
}
