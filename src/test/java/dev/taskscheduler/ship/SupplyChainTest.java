package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds what is built with to versions that nobody can move.
class SupplyChainTest {
  @Test
  void workflows_name_each_action_by_its_commit() throws IOException {
    Pattern pinned = Pattern.compile("[a-z0-9-]+/[a-z0-9-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");
    int seen = 0;
    try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          if (line.contains("uses:")) {
            seen++;
            String action = line.substring(line.indexOf("uses:") + 5).strip();
            assertTrue(pinned.matcher(action).matches(), file + ": " + action);
          }
        }
      }
    }
    assertTrue(seen >= 4, "too few lines that use an action");
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
