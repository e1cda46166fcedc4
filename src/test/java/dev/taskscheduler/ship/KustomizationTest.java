package dev.taskscheduler.ship;

import static dev.taskscheduler.ship.Manifests.overlay;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares what the tests read of `k8s/` with what kubectl makes of it, where kubectl is
/// installed.
class KustomizationTest {
  private static final Path MADE = Path.of("target/kustomize");

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void kubectl_makes_the_same_of_an_overlay(String elector) throws Exception {
    assertEquals(
        Manifests.byName(Kustomization.read(overlay(elector), List.of()).objects()),
        kubectl(overlay(elector)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "raft", "sentinel"})
  void kubectl_makes_the_same_with_all_components(String elector) throws Exception {
    Path folder = Files.createDirectories(MADE.resolve(elector));
    String up = "../../../k8s/";
    StringBuilder yaml =
        new StringBuilder("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n");
    yaml.append("resources: [" + up + "overlays/" + elector + "]\ncomponents:\n");
    for (Path component : Manifests.components()) {
      yaml.append("  - " + up + "components/" + component.getFileName() + "\n");
    }
    Files.writeString(folder.resolve("kustomization.yaml"), yaml);
    assertEquals(
        Manifests.byName(Kustomization.read(overlay(elector), Manifests.components()).objects()),
        kubectl(folder));
  }

  /// A changed setting gives the ConfigMap another name, by which pods start again.
  @Test
  void a_changed_setting_changes_the_pods() throws Exception {
    Path copy = MADE.resolve("copy");
    Files.createDirectories(copy);
    for (String name : List.of("kustomization.yaml", "settings.env")) {
      Files.copy(
          Manifests.BASE.resolve(name), copy.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    String yaml = Files.readString(copy.resolve("kustomization.yaml"));
    Files.writeString(
        copy.resolve("kustomization.yaml"),
        yaml.replaceAll("(?s)resources:.*?configMapGenerator", "configMapGenerator"));
    String before = output(copy);
    Path settings = copy.resolve("settings.env");
    String changed = Files.readString(settings).replace("WORKER_COUNT=16", "WORKER_COUNT=17");
    Files.writeString(settings, changed);
    assertTrue(!name(before).equals(name(output(copy))));
  }

  private static String name(String yaml) {
    return yaml.lines().filter(line -> line.startsWith("  name: ")).findFirst().orElseThrow();
  }

  private static Map<String, Map<String, Object>> kubectl(Path folder) throws Exception {
    // the alphabet of kustomize's hashes has no vowels
    String plain =
        output(folder)
            .replaceAll("\\b(scheduler|scheduler-redis-start)-[2456789bcdfghkmt]{10}\\b", "$1");
    return Manifests.byName(Stream.of(plain.split("(?m)^---$")).map(Manifests::map).toList());
  }

  private static String output(Path folder) throws IOException, InterruptedException {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(at -> Files.isExecutable(Path.of(at, "kubectl"))),
        "kubectl is not installed");
    Process process = new ProcessBuilder("kubectl", "kustomize", folder.toString()).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String problem = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), problem);
    return text;
  }
}
