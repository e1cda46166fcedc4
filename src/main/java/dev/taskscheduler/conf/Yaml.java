package dev.taskscheduler.conf;

import dev.taskscheduler.conf.ConfigException.Fault;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Reads what stands under `scheduler` in the yaml files.
final class Yaml {
  private Yaml() {}

  /// `file`, if there is one, over `application.yaml` on the class path, if there is one.
  ///
  /// @throws ConfigException if one is no yaml
  static Map<String, String> read(Path file) {
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

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("not readable");
  }
}
