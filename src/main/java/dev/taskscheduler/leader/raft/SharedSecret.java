package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The secrets that all members of a group share. The first one is used towards others; each one is
/// accepted from others, so that a new one can be brought in while the group runs.
public final class SharedSecret {
  /// A secret is a key, not a password: whoever records a handshake can try passwords at home.
  static final int LEAST_CHARACTERS = 32;

  private static final int MOST_LINES = 4;
  private static final int MOST_BYTES = 1 << 16;
  private static final String FORM =
      "a file of 1 to 4 lines, each a random secret of at least 32 characters, such as"
          + " `openssl rand -hex 32` makes";

  private final List<byte[]> keys;

  private SharedSecret(List<byte[]> keys) {
    this.keys = List.copyOf(keys);
  }

  /// Reads the file; white space around a line and blank lines do not count.
  ///
  /// @throws IllegalArgumentException saying what is allowed; it never repeats what was read
  public static SharedSecret read(Path file) {
    List<String> lines =
        new String(bytes(file), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty() || lines.size() > MOST_LINES) {
      throw new IllegalArgumentException(FORM + "; this one has " + lines.size());
    }
    if (lines.stream().anyMatch(line -> line.length() < LEAST_CHARACTERS)) {
      throw new IllegalArgumentException(FORM + "; one in this file is shorter");
    }
    return new SharedSecret(
        lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList());
  }

  private static byte[] bytes(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(FORM + "; there is no such file at this path");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IllegalArgumentException(FORM + "; this one is larger than 64 KiB");
      }
      return bytes;
    } catch (IOException e) {
      throw new IllegalArgumentException(FORM + "; this one cannot be read", e);
    }
  }

  /// The key that this member uses towards others.
  byte[] first() {
    return keys.getFirst();
  }

  /// All keys that are accepted from others.
  List<byte[]> all() {
    return keys;
  }

  @Override
  public String toString() {
    return keys.size() + " secrets";
  }
}
