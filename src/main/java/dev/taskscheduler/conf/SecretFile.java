package dev.taskscheduler.conf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads one secret from a file of its own, so that it stands neither in the environment nor in the
/// arguments of a process.
final class SecretFile {
  private static final int MOST_BYTES = 4096;
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
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("there is none at this path");
    }
    if (!Files.isRegularFile(path)) { // a pipe would never end
      throw new IllegalArgumentException("this is no regular file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "this one cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException("this one is larger than " + MOST_BYTES + " bytes");
    }
    String line = decode(bytes).replaceFirst("\r?\n$", "");
    if (line.isEmpty()) {
      throw new IllegalArgumentException("this one is empty");
    }
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("this one has several lines or control characters");
    }
    return line;
  }

  private static String decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("this one is not UTF-8", e);
    }
  }
}
