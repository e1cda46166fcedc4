package dev.taskscheduler.handlers.files;

import dev.taskscheduler.process.VitalThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Checks small files at an interval, and reads them when they have changed.
///
/// It reads them: where Kubernetes mounts a Secret, a change is a symbolic link that points
/// elsewhere, of which [java.nio.file.WatchService] does not tell, and times and sizes are coarse
/// on some file systems. What has changed is handed over at the second look that finds it so: a
/// file may be half written at the first, and of two that belong together one may be still the old.
///
/// No file holds it up: [SmallFile] reads in bounded time. What it cannot read or use it lists in
/// [#problems()].
public final class FileWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(FileWatch.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(500);

  /// Longer than the reads of a few files that all hang.
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private final List<Watched> all = new ArrayList<>(); // complete before the thread starts
  private volatile long lookedAt = System.nanoTime();
  private volatile boolean started;
  private final Thread thread = VitalThreads.platform("file-watch", this::look);

  /// To be called before [#start].
  ///
  /// @param known as they were read by whoever uses them now
  /// @param changed takes them as they are, in the same order, and returns what is wrong with them;
  ///   it is called again once they change again, or if it threw
  public void add(List<SmallFile> known, Function<List<SmallFile>, List<String>> changed) {
    all.add(new Watched(known, changed));
  }

  public void start() {
    if (!all.isEmpty()) {
      lookedAt = System.nanoTime();
      started = true;
      thread.start();
    }
  }

  private void look() throws InterruptedException {
    while (true) {
      Thread.sleep(PAUSE);
      all.forEach(Watched::look);
      lookedAt = System.nanoTime();
    }
  }

  /// What is wrong with the files as they stand now, and whether they are still looked at; empty
  /// when all is well. Answers at once. Names paths, and nothing of what stands in a file.
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Duration silent = Duration.ofNanos(System.nanoTime() - lookedAt);
    if (started && silent.compareTo(LONGEST_SILENCE) > 0) {
      problems.add(
          "changed files are not read: the last check was " + silent.toSeconds() + " seconds ago");
    }
    for (Watched files : all) {
      problems.addAll(files.problems);
    }
    return problems;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /// Files that belong together; only the watching thread looks.
  private static final class Watched {
    private final List<Path> paths;
    private final Function<List<SmallFile>, List<String>> changed;
    private List<SmallFile> taken;
    private List<SmallFile> seen;
    private List<SmallFile> refused = List.of();
    private volatile List<String> problems = List.of();

    private Watched(List<SmallFile> known, Function<List<SmallFile>, List<String>> changed) {
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
        take(now);
      }
    }

    private void take(List<SmallFile> now) {
      try {
        problems = List.copyOf(changed.apply(now));
        taken = now;
        refused = List.of();
      } catch (RuntimeException e) {
        if (!now.equals(refused)) { // tried again at each look, logged once
          refused = now;
          problems = List.of(paths + ": allowed is files that can be read; see the log");
          LOG.log(Level.ERROR, "changed files could not be read files=" + paths, e);
        }
      }
    }
  }
}
