package dev.taskscheduler.handlers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A small file of configuration, as it was found at one moment.
sealed interface SmallFile {
  Path path();

  /// @param text what stands in it; it may be a secret
  record Content(Path path, String text) implements SmallFile {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /// @param why in a few words
  record Unreadable(Path path, String why) implements SmallFile {
    FileFault fault(String what) {
      return new FileFault(path.toString(), what + "; " + why);
    }
  }

  /// More than any list of tokens or chain of certificates.
  int MOST_BYTES = 1 << 20;

  /// Reads it whole. Bytes that are no UTF-8 read as replacement characters.
  static SmallFile read(Path path) {
    if (Files.isDirectory(path)) {
      return new Unreadable(path, "this is a directory");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      return bytes.length > MOST_BYTES
          ? new Unreadable(path, "this one is larger than 1 MiB")
          : new Content(path, new String(bytes, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return new Unreadable(path, "there is none at this path");
    } catch (AccessDeniedException e) {
      return new Unreadable(path, "this process may not read this one");
    } catch (IOException e) {
      return new Unreadable(path, "this one cannot be read (" + e.getMessage() + ")");
    }
  }
}
