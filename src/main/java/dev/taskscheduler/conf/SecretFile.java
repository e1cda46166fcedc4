package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.files.SmallFile;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads a secret from a file, so that it is neither in the environment nor in the arguments of the
/// process.
final class SecretFile {
  private static final System.Logger LOG = System.getLogger(SecretFile.class.getName());
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

  /// The same, read again each time that it is asked for. While the file has an error, the last
  /// good content stays in use.
  ///
  /// @throws IllegalArgumentException as [#read]
  static Optional<Supplier<String>> readAgain(String path) {
    return read(path).map(first -> new Kept(path, first));
  }

  /// The secret of a file, by threads that may ask at once.
  private static final class Kept implements Supplier<String> {
    private final String path;
    private volatile String secret;
    private volatile String fault = "";

    private Kept(String path, String secret) {
      this.path = path;
      this.secret = secret;
    }

    @Override
    public String get() {
      try {
        String now = read(path).orElseThrow();
        if (!now.equals(secret)) {
          LOG.log(System.Logger.Level.INFO, () -> "secret read again file=" + path);
        }
        secret = now;
        fault = "";
      } catch (IllegalArgumentException e) {
        String why = String.valueOf(e.getMessage());
        if (!why.equals(fault)) { // once, though each new connection asks
          fault = why;
          LOG.log(
              System.Logger.Level.WARNING,
              () -> "secret is unchanged, its file has an error file=" + path + " expected=" + why);
        }
      }
      return secret;
    }
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
