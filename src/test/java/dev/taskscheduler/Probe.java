package dev.taskscheduler;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Writes what happens inside a node's process to a file, one line an event, with the machine's
/// monotonic clock: on Linux `System.nanoTime()` is the same clock in all processes, so the lines
/// of several nodes can be ordered.
final class Probe {
  private static final Probe FILE = open();

  /// No channel: an interrupt of a task that writes just then would close it for all.
  private final FileOutputStream file;

  private Probe(FileOutputStream file) {
    this.file = file;
  }

  private static Probe open() {
    String file = System.getenv("PROBE_FILE");
    try {
      return new Probe(new FileOutputStream(file == null ? "/dev/null" : file, true));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (FILE) {
      try {
        FILE.file.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
