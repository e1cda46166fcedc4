package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/// Holds what is built with to versions that nobody can move.
class SupplyChainTest {
  private static final Pattern PINNED =
      Pattern.compile("[a-z0-9-]+/[a-z0-9-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

  private static List<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
      List<Path> workflows = files.sorted().toList();
      assertTrue(workflows.size() >= 2, workflows::toString);
      return workflows;
    }
  }

  @Test
  void workflows_name_each_action_by_its_commit() throws IOException {
    int seen = 0;
    for (Path file : workflows()) {
      for (String line : Files.readAllLines(file)) {
        if (line.contains("uses:")) {
          seen++;
          String action = line.substring(line.indexOf("uses:") + 5).strip();
          assertTrue(PINNED.matcher(action).matches(), file + ": " + action);
        }
      }
    }
    assertTrue(seen >= 9, "too few lines that use an action");
  }

  /// The job that publishes runs none of the project's code, and the others cannot publish.
  @Test
  void only_the_job_that_publishes_may_write() throws IOException {
    for (Path file : workflows()) {
      Map<?, ?> workflow = new Yaml().load(Files.readString(file));
      assertTrue(mayOnlyRead(workflow.get("permissions")), file + " gives rights to all jobs");
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) workflow.get("jobs")).entrySet()) {
        Map<?, ?> job = (Map<?, ?>) entry.getValue();
        if (entry.getKey().equals("publish")) {
          assertEquals(
              Map.of(
                  "contents", "write",
                  "packages", "write",
                  "id-token", "write",
                  "attestations", "write"),
              job.get("permissions"));
          assertFalse(job.toString().contains("actions/checkout"), file.toString());
        } else {
          assertTrue(!job.containsKey("permissions") || mayOnlyRead(job.get("permissions")));
        }
      }
    }
  }

  private static boolean mayOnlyRead(Object permissions) {
    return permissions instanceof Map<?, ?> each && Set.of("read").containsAll(each.values());
  }

  /// The name of a tag or of a branch may hold a command: it comes by the environment.
  @Test
  void workflows_put_no_expression_into_a_command() throws IOException {
    int commands = 0;
    for (Path file : workflows()) {
      Map<?, ?> workflow = new Yaml().load(Files.readString(file));
      for (Object job : ((Map<?, ?>) workflow.get("jobs")).values()) {
        for (Object step : (List<?>) ((Map<?, ?>) job).get("steps")) {
          if (((Map<?, ?>) step).get("run") instanceof String command) {
            commands++;
            assertFalse(command.contains("${{"), file + ": " + command);
          }
        }
      }
    }
    assertTrue(commands >= 5, "too few commands");
  }

  /// What a workflow or a page calls must be there and may be run.
  @Test
  void scripts_that_workflows_call_can_be_run() throws IOException {
    Pattern script = Pattern.compile("(?:src|\\.ci)/[a-z/-]+");
    int seen = 0;
    for (Path file : workflows()) {
      Map<?, ?> workflow = new Yaml().load(Files.readString(file));
      for (MatchResult match : script.matcher(workflow.toString()).results().toList()) {
        seen++;
        assertTrue(Files.isExecutable(Path.of(match.group())), file + ": " + match.group());
      }
    }
    assertTrue(seen >= 6, "too few scripts");
  }

  /// A library of tests in front of the profiles is fetched for `./run` and the image as well.
  @Test
  void builds_without_tests_fetch_no_library_of_tests() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    int profiles = pom.indexOf("<profiles>");
    assertFalse(pom.substring(0, profiles).contains("<scope>test</scope>"));
    assertTrue(pom.substring(profiles).contains("<scope>test</scope>"));
    for (String script : List.of("run", "Dockerfile.jlink")) {
      for (String line : Files.readAllLines(Path.of(script))) {
        assertTrue(
            !line.contains("./mvnw -") || line.contains("-Dmaven.test.skip=true"),
            script + ": " + line);
      }
    }
  }

  /// An overlay that kubectl refuses is found before somebody applies it.
  @Test
  void ci_renders_every_overlay() throws IOException {
    assertTrue(
        Files.readString(Path.of(".github/workflows/ci.yml"))
            .contains("for o in k8s/overlays/*/; do kubectl kustomize \"$o\" >/dev/null; done"));
  }

  /// A digest holds even a tag that was moved; `src/ship/digests` tells those of this day.
  @Test
  void images_have_a_version_and_may_be_replaced_by_a_digest() throws IOException {
    List<String> images =
        Compose.services().values().stream().map(one -> (String) one.get("image")).toList();
    for (String image : images) {
      assertTrue(
          image.equals("${SCHEDULER_IMAGE:-task-scheduler}")
              || image.matches("\\$\\{[A-Z]+_IMAGE:-[a-z/]+:v?\\d+[.\\d]*}"),
          image);
    }
    String dockerfile = Files.readString(Path.of("Dockerfile.jlink"));
    assertTrue(dockerfile.contains("ARG JDK=eclipse-temurin:25-jdk\nFROM ${JDK} AS build\n"));
    assertFalse(dockerfile.contains(":latest"));
  }
}
