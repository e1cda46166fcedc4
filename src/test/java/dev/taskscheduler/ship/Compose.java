package dev.taskscheduler.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/// Reads `docker-compose.yml`, with its merges resolved.
final class Compose {
  private static final Path FILE = Path.of("docker-compose.yml");

  private Compose() {}

  @SuppressWarnings("unchecked") // each service is a mapping
  static Map<String, Map<String, Object>> services() throws IOException {
    Map<String, Object> file = new Yaml().load(Files.readString(FILE));
    return (Map<String, Map<String, Object>>) file.get("services");
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
