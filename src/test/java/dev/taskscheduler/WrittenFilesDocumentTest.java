package dev.taskscheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Commands of the pages write keys and tokens into the folder that they are called in, which
/// mostly is the checkout: git must not take them.
class WrittenFilesDocumentTest {
  /// A redirection in a line of a command, or an option of openssl that names a file.
  private static final Pattern WRITTEN =
      Pattern.compile("(?:(?<![->=<\\w])>>? ?|-keyout |-out )(?<file>[A-Za-z][A-Za-z0-9._-]*)");

  @Test
  void git_ignores_the_files_that_the_pages_have_one_write() throws IOException {
    List<PathMatcher> ignored =
        Files.readString(Path.of(".gitignore"))
            .lines()
            .filter(line -> line.startsWith("/"))
            .map(line -> FileSystems.getDefault().getPathMatcher("glob:" + line.substring(1)))
            .toList();
    Set<String> written = new TreeSet<>();
    try (Stream<Path> pages =
        Stream.concat(Files.list(Path.of("docs")), Stream.of(Path.of("README.md")))) {
      for (Path page : pages.filter(path -> path.toString().endsWith(".md")).toList()) {
        Files.readString(page)
            .lines()
            .filter(line -> line.matches("( {4,}|\\(umask|echo |openssl |printf ).*"))
            .filter(line -> !line.contains("user scheduler ")) // of Redis's ACL
            .flatMap(line -> WRITTEN.matcher(line).results())
            .map((MatchResult found) -> found.group("file"))
            .forEach(written::add);
      }
    }
    assertTrue(
        written.containsAll(Set.of("tokens", "keys", "raft-secret", "ca.key")), written::toString);
    written.removeIf(file -> ignored.stream().anyMatch(each -> each.matches(Path.of(file))));
    assertEquals(Set.of(), written);
  }
}
