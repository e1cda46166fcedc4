package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.files.SmallFile;
import java.util.Optional;

/// Reads a secret from a file, so that it is neither in the environment nor in the arguments of the
/// process.
final class SecretFile {
  private static final int MAX_CHARACTERS = 4096;
  private static final char REPLACEMENT = '\uFFFD'; // for bytes that are not UTF-8
  private static final String FORM = "a file with the secret alone, in one line of text; ";

  private SecretFile() {}

  /// The line of text in a file, without the line break; empty where `path` is empty.
  ///
  /// @throws IllegalArgumentException with the reason, never with a part of the text
  static Optional<String> read(String path) {
    if (path.isEmpty()) {
      return Optional.empty();
    }
    return switch (SmallFile.read(Settings.toPath(path))) {
      case SmallFile.Content content ->
          Optional.of(check(content.text().replaceFirst("\r?\n$", "")));
      case SmallFile.Unreadable unreadable ->
          throw new IllegalArgumentException(FORM + unreadable.why());
    };
  }

  private static String check(String line) {
    if (line.isEmpty()) {
      throw new IllegalArgumentException(FORM + "this one is empty");
    }
    if (line.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          FORM + "this one is longer than " + MAX_CHARACTERS + " characters");
    }
    if (line.indexOf(REPLACEMENT) >= 0) {
      throw new IllegalArgumentException(FORM + "this one is not UTF-8");
    }
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(FORM + "this one has several lines or control characters");
    }
    return line;
  }
}
