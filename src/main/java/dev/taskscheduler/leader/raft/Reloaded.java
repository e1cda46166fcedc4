package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A value from files that are read again when they have changed. Where the new content has a
/// fault, the old one stays in use. Safe for use by several threads.
final class Reloaded<T> {
  private static final System.Logger LOG = System.getLogger(Reloaded.class.getName());
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  /// Reads the files.
  interface Source<T> {
    /// @throws IOException saying what is wrong with them
    T read() throws IOException;
  }

  private final Duration every;
  private final List<Path> files;
  private final Source<T> source;
  private T value;
  private List<String> seen;
  private long lookAt;

  /// @throws IOException if they cannot be used now
  Reloaded(List<Path> files, Source<T> source) throws IOException {
    this(files, source, LOOK_EVERY);
  }

  /// @param every how often to look at the files, at most
  Reloaded(List<Path> files, Source<T> source, Duration every) throws IOException {
    this.every = every;
    this.files = List.copyOf(files);
    this.source = source;
    this.seen = marks();
    this.value = source.read();
    this.lookAt = System.nanoTime() + every.toNanos();
  }

  /// The newest content that could be used.
  synchronized T get() {
    long now = System.nanoTime();
    if (now - lookAt < 0) {
      return value;
    }
    lookAt = now + every.toNanos();
    List<String> marks = marks();
    if (!marks.equals(seen)) {
      seen = marks;
      try {
        value = source.read();
        LOG.log(System.Logger.Level.INFO, () -> "raft files read again files=" + files);
      } catch (IOException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            () -> "raft files have a fault, the former ones stay in use why=" + e.getMessage());
      }
    }
    return value;
  }

  /// Changes whenever a file does; follows the links that Kubernetes moves.
  private List<String> marks() {
    List<String> marks = new ArrayList<>();
    for (Path file : files) {
      try {
        marks.add(
            file.toRealPath() + " " + Files.getLastModifiedTime(file) + " " + Files.size(file));
      } catch (IOException e) {
        marks.add(file + " is not there");
      }
    }
    return marks;
  }
}
