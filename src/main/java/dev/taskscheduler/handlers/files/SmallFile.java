package dev.taskscheduler.handlers.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;

/// A small file of configuration, as it was found at one moment.
public sealed interface SmallFile {
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
    public FileError fault(String allowed) {
      return new FileError(path.toString(), allowed + "; " + why);
    }
  }

  /// More than any list of tokens or chain of certificates.
  int MOST_BYTES = 1 << 20;

  /// How long a read may take.
  Duration LONGEST_READ = Duration.ofSeconds(5);

  /// Reads it whole, within [#LONGEST_READ]. Only a regular file is opened: a pipe, a device or a
  /// socket may have no end, or wait for a writer. Bytes that are no UTF-8 read as replacement
  /// characters.
  static SmallFile read(Path path) {
    return BoundedRead.read(path, LONGEST_READ, Reader::read);
  }

  /// Looks, opens and reads; it may hang where the file system does.
  final class Reader {
    private Reader() {}

    private static SmallFile read(Path path) {
      try {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        if (found.isDirectory()) {
          return new Unreadable(path, "this is a directory");
        }
        return found.isRegularFile()
            ? content(path)
            : new Unreadable(path, "this is no regular file (a pipe, a device or a socket)");
      } catch (NoSuchFileException e) {
        return new Unreadable(path, "there is none at this path");
      } catch (AccessDeniedException e) {
        return new Unreadable(path, "this process may not read this one");
      } catch (IOException e) {
        return new Unreadable(path, "this one cannot be read (" + e.getMessage() + ")");
      }
    }

    private static SmallFile content(Path path) throws IOException {
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        return bytes.length > MOST_BYTES
            ? new Unreadable(path, "this one is larger than 1 MiB")
            : new Content(path, new String(bytes, StandardCharsets.UTF_8));
      }
    }
  }
}
