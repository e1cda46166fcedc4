package dev.taskscheduler.conf;

import dev.taskscheduler.conf.ConfigException.Fault;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Reads the values under `scheduler` from the yaml files.
final class Yaml {
  private Yaml() {}

  /// Reads `file`, which overrides `application.yaml` on the class path; both may be missing.
  ///
  /// @throws ConfigException if a file is not valid yaml
  static Map<String, String> read(Path file) {
    if (!Files.exists(file) && saysNothing()) {
      return Map.of(); // as it mostly is: Helidon takes longer to find that out than to do all else
    }
    try {
      return Config.builder()
          .disableEnvironmentVariablesSource() // the environment has names of its own: Settings
          .disableSystemPropertiesSource()
          .sources(
              ConfigSources.file(file).optional(),
              ConfigSources.classpath("application.yaml").optional())
          .build()
          .get("scheduler")
          .detach()
          .asMap()
          .orElseGet(Map::of);
    } catch (RuntimeException e) {
      throw new ConfigException(
          List.of(new Fault(file.toString(), rootMessage(e), "yaml with a mapping `scheduler:`")));
    }
  }

  /// Whether the one on the class path, which is there to be copied, holds nothing but comments.
  private static boolean saysNothing() {
    try (InputStream in = Yaml.class.getResourceAsStream("/application.yaml")) {
      return in == null
          || new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .allMatch(line -> line.isBlank() || line.startsWith("#"));
    } catch (IOException e) {
      throw new UncheckedIOException("application.yaml cannot be read from the class path", e);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("not readable");
  }
}
