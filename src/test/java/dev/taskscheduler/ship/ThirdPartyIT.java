package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.ship.Bill.Library;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds the libraries that come along, by their bill of materials, against their licences, the
/// versions known to be bad, and `THIRD-PARTY`. Needs no network.
class ThirdPartyIT {
  private static final Path THIRD_PARTY = Path.of("THIRD-PARTY");
  private static final String HEAD =
      """
      task-scheduler comes with these libraries, each under its own licence. ThirdPartyIT writes this list from the bill of
      materials. What a jar says itself (LICENSE, NOTICE) stays in it; in the image it stands in /app/libraries.jar, where several
      jars have a file of one name under META-INF/libraries/.

      ratis-thirdparty-misc holds, under names of its own, parts of Netty, Guava, gson and Dropwizard Metrics (Apache-2.0), protobuf
      (BSD-3-Clause) and gRPC (Apache-2.0); its META-INF/LICENSE names them. The image leaves gRPC, gson and the native parts out.
      swagger-ui holds Swagger UI (Apache-2.0) and, bundled, what its own NOTICE names.

      The image also holds a Java runtime of OpenJDK (GPL-2.0-only WITH Classpath-exception-2.0; /opt/jre/legal), and of its build
      machine glibc (LGPL-2.1-or-later) and zlib (Zlib).

      """;

  @Test
  void the_bill_lists_each_jar_and_no_other() throws IOException {
    Set<String> listed =
        Bill.libraries().stream().map(Library::jar).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Bill.jars().stream()
            .map(jar -> jar.getFileName().toString())
            .collect(Collectors.toCollection(TreeSet::new)),
        listed);
  }

  /// Writes the file anew, and fails where that changed it.
  @Test
  void the_list_of_third_parties_is_that_of_the_bill() throws IOException {
    String before = Files.exists(THIRD_PARTY) ? Files.readString(THIRD_PARTY) : "";
    StringBuilder now = new StringBuilder(HEAD);
    Bill.libraries().forEach(library -> now.append(library).append('\n'));
    if (!before.contentEquals(now)) {
      Files.writeString(THIRD_PARTY, now);
    }
    assertEquals(now.toString(), before, "THIRD-PARTY was written anew: look at it, and run again");
  }

  @Test
  void the_jar_carries_the_licence_and_the_list() throws IOException {
    try (ZipFile jar = new ZipFile("target/task-scheduler.jar")) {
      for (String name : List.of("LICENSE", "THIRD-PARTY")) {
        byte[] inside = jar.getInputStream(jar.getEntry("META-INF/" + name)).readAllBytes();
        assertEquals(Files.readString(Path.of(name)), new String(inside, StandardCharsets.UTF_8));
      }
    }
    assertTrue(Files.readString(Path.of("src/image/make")).contains("LICENSE THIRD-PARTY"));
  }

  @Test
  void every_library_offers_an_allowed_licence() throws IOException {
    Set<String> allowed = Set.copyOf(lines("src/ship/licences"));
    for (Library library : Bill.libraries()) {
      assertTrue(library.licences().stream().anyMatch(allowed::contains), library::toString);
    }
  }

  @Test
  void no_library_has_a_version_known_to_be_bad() throws IOException {
    List<Library> all = new ArrayList<>(Bill.libraries());
    List<Library> inside = Bill.inside();
    assertTrue(inside.stream().anyMatch(one -> one.id().equals("io.netty:netty-handler")));
    all.addAll(inside);
    List<String> bad = new ArrayList<>();
    for (String line : lines("src/ship/known-bad")) {
      String[] fields = line.split(" +", 3);
      all.stream()
          .filter(library -> library.id().equals(fields[0]))
          .filter(library -> isBelow(library.version(), fields[1]))
          .forEach(library -> bad.add(library.id() + " " + library.version() + ": " + fields[2]));
    }
    assertEquals(List.of(), bad);
  }

  @ParameterizedTest
  @CsvSource({
    "1.9, 1.10, true",
    "4.1.117.Final, 4.1.118.Final, true",
    "4.1.118.Final, 4.1.118.Final, false",
    "33.6.0-jre, 32.0.0, false",
    "20260719, 20231013, false"
  })
  void versions_are_compared_part_by_part(String version, String sound, boolean below) {
    assertEquals(below, isBelow(version, sound));
  }

  private static boolean isBelow(String version, String sound) {
    int[] ours = numbers(version);
    int[] theirs = numbers(sound);
    for (int i = 0; i < Math.max(ours.length, theirs.length); i++) {
      int difference =
          Integer.compare(i < ours.length ? ours[i] : 0, i < theirs.length ? theirs[i] : 0);
      if (difference != 0) {
        return difference < 0;
      }
    }
    return false;
  }

  /// The numbers that a version begins with.
  private static int[] numbers(String version) {
    return Stream.of(version.split("[.-]"))
        .takeWhile(part -> part.matches("\\d{1,9}"))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  /// Without comments.
  private static List<String> lines(String file) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }
}
