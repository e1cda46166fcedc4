package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.files.SmallFile;
import java.nio.file.Path;
import java.util.Optional;

/// Reads one secret from a file of its own, so that it stands neither in the environment nor in the
/// arguments of a process.
final class SecretFile {
  private static final int LONGEST = 4096; // characters
  private static final char REPLACED = '\uFFFD'; // what bytes that are no UTF-8 read as
  private static final String FORM = "a file with the secret alone, in one line of text";

  private SecretFile() {}

  /// The text of the file that a setting names, without the end of its line; empty where none is
  /// named, and where the file has a fault, which is noted.
  static Optional<String> read(Settings settings, String name) {
    Optional<Path> path = AccessSettings.file(settings, name);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(path.get()));
    } catch (IllegalArgumentException e) {
      settings.fault(name, path.get().toString(), FORM + "; " + e.getMessage());
      return Optional.empty();
    }
  }

  /// @throws IllegalArgumentException that says what is wrong and repeats nothing of the text
  private static String read(Path path) {
    String text =
        switch (SmallFile.read(path)) {
          case SmallFile.Content content -> content.text();
          case SmallFile.Unreadable unreadable ->
              throw new IllegalArgumentException(unreadable.why());
        };
    String line = text.replaceFirst("\r?\n$", "");
    if (line.isEmpty()) {
      throw new IllegalArgumentException("this one is empty");
    }
    if (line.length() > LONGEST) {
      throw new IllegalArgumentException("this one is longer than " + LONGEST + " characters");
    }
    if (line.indexOf(REPLACED) >= 0) {
      throw new IllegalArgumentException("this one is not UTF-8");
    }
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("this one has several lines or control characters");
    }
    return line;
  }
}
