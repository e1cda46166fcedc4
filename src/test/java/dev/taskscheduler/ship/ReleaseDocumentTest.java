package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The version is the same wherever it stands, and the changelog says what is in it.
class ReleaseDocumentTest {
  private static final Pattern OF_OUR_IMAGE =
      Pattern.compile("(?:newTag: |image: task-scheduler:)\"?([\\w.-]+)\"?");
  private static final Pattern OF_A_CHART = Pattern.compile("(?m)^appVersion: \"?([\\w.-]+)\"?");
  private static final Pattern HEADING =
      Pattern.compile("(?m)^## \\[(.+?)](?: - (\\d{4}-\\d{2}-\\d{2}))?$");

  private static String first(String file, String pattern) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(Path.of(file)))
        .results()
        .findFirst()
        .orElseThrow(() -> new AssertionError(file + " has no " + pattern))
        .group(1);
  }

  private static String version() throws IOException {
    return first("pom.xml", "(?m)^  <version>(.+)</version>$");
  }

  @Test
  void each_place_names_the_version_of_the_project() throws IOException {
    Map<String, String> found = new TreeMap<>();
    found.put("src/spi/pom.xml", first("src/spi/pom.xml", "(?m)^  <version>(.+)</version>$"));
    found.put("docs/swagger.yaml", first("docs/swagger.yaml", "(?m)^  version: (.+)$"));
    found.put("Dockerfile.jlink", first("Dockerfile.jlink", "(?m)^ARG VERSION=(.+)$"));
    String ofSpi = "task-scheduler-spi</artifactId>\\s*<version>(.+)</version>";
    found.put("docs/write-a-runner.md", first("docs/write-a-runner.md", ofSpi));
    found.put("docs/samples", first("docs/samples/runner/pom.xml", ofSpi));
    int manifests = 0;
    try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".yaml")).toList()) {
        String text = Files.readString(file);
        for (Pattern pattern : List.of(OF_OUR_IMAGE, OF_A_CHART)) {
          for (MatchResult match : pattern.matcher(text).results().toList()) {
            found.put(file + ":" + match.start(), match.group(1));
            manifests++;
          }
        }
      }
    }
    assertTrue(manifests >= 6, "too few manifests that name the image: " + manifests);
    found.values().removeIf(version()::equals);
    assertEquals(Map.of(), found, "expected " + version());
  }

  /// The newest release of the changelog is this version, and its day is that of the files in the
  /// archives.
  @Test
  void the_changelog_has_a_section_for_the_version_under_an_unreleased_one() throws IOException {
    String changelog = Files.readString(Path.of("CHANGELOG.md"));
    List<MatchResult> headings = HEADING.matcher(changelog).results().toList();
    assertEquals("Unreleased", headings.getFirst().group(1));
    assertEquals(version(), headings.get(1).group(1));
    String day = first("pom.xml", "project\\.build\\.outputTimestamp>(.{10})T00:00:00Z<");
    assertEquals(day, headings.get(1).group(2));
  }
}
