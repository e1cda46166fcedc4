package dev.taskscheduler.ship;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The Helm chart, rendered by Helm itself as a library: no cluster, no network.
final class Chart {
  static final Path FOLDER = Manifests.K8S.resolve("helm/task-scheduler");

  /// The oldest that the chart allows.
  private static final String KUBERNETES = "1.30.0";

  static {
    System.setProperty("com.marcnuri.jkube-helm.skipRemoteJar", "true"); // fetches nothing
  }

  /// The objects that a release gets.
  ///
  /// @param values as in a file of values
  static List<Map<String, Object>> objects(String release, String values) {
    return objects(text(FOLDER, release, values));
  }

  static List<Map<String, Object>> objects(String yaml) {
    return Stream.of(yaml.split("(?m)^---$"))
        .filter(each -> !each.isBlank())
        .map(Manifests::map)
        .toList();
  }

  static String text(Path chart, String release, String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        TemplateCommand command =
            new Helm(chart).template().withName(release).withNamespace("prod");
        return command
            .withKubeVersion(KUBERNETES)
            .withValuesFile(Files.writeString(file, values))
            .call();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Why Helm does not render the chart with these values.
  static String refusal(String values) {
    try {
      text(FOLDER, "scheduler", values);
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("it is rendered with " + values);
  }

  /// What a person sees after `helm install`.
  static String notes(String values) throws IOException {
    Path file = Files.createTempFile("values", ".yaml");
    try {
      String output =
          new Helm(FOLDER)
              .install()
              .clientOnly()
              .dryRun()
              .withName("scheduler")
              .withNamespace("prod")
              .withKubeVersion(KUBERNETES)
              .withValuesFile(Files.writeString(file, values))
              .call()
              .getOutput();
      return output.substring(output.indexOf("NOTES:"));
    } finally {
      Files.delete(file);
    }
  }

  private Chart() {}
}
