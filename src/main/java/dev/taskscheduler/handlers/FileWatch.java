package dev.taskscheduler.handlers;

import dev.taskscheduler.process.VitalThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Looks at small files again and again, and hands them over when they have changed.
///
/// It reads them: where Kubernetes mounts a Secret, a change is a symbolic link that points
/// elsewhere, of which [java.nio.file.WatchService] does not tell, and times and sizes are coarse
/// on some file systems. What has changed is handed over at the second look that finds it so: a
/// file may be half written at the first, and of two that belong together one may be still the old.
final class FileWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(FileWatch.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final List<Watched> all = new ArrayList<>(); // complete before the thread starts
  private final Thread thread = VitalThreads.platform("file-watch", this::look);

  /// To be called before [#start].
  ///
  /// @param known as they were read by whoever uses them now
  /// @param changed takes them as they are, in the same order; it is not called again before they
  ///   change again
  void add(List<SmallFile> known, Consumer<List<SmallFile>> changed) {
    all.add(new Watched(known, changed));
  }

  void start() {
    if (!all.isEmpty()) {
      thread.start();
    }
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(PAUSE);
        all.forEach(FileWatch::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private static void look(Watched files) {
    try {
      files.look();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "changed files could not be taken", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /// Files that belong together; only the watching thread looks.
  private static final class Watched {
    private final List<Path> paths;
    private final Consumer<List<SmallFile>> changed;
    private List<SmallFile> taken;
    private List<SmallFile> seen;

    private Watched(List<SmallFile> known, Consumer<List<SmallFile>> changed) {
      this.paths = known.stream().map(SmallFile::path).toList();
      this.changed = changed;
      this.taken = known;
      this.seen = known;
    }

    private void look() {
      List<SmallFile> now = paths.stream().map(SmallFile::read).toList();
      boolean stands = now.equals(seen);
      seen = now;
      if (stands && !now.equals(taken)) {
        taken = now;
        changed.accept(now);
      }
    }
  }
}
