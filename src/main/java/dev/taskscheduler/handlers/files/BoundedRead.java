package dev.taskscheduler.handlers.files;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Reads a file in bounded time. A read may hang: Java opens a pipe only once it has a writer, and
/// a network file system may not answer. Such a read keeps a thread of its own, and never its
/// caller. The path is read anew, since another file may stand there by then, until [#MOST_THREADS]
/// hang.
final class BoundedRead {
  static final int MOST_THREADS = 4;

  private static final Map<Path, Integer> THREADS = new ConcurrentHashMap<>();
  private static final Map<Path, Started> RUNNING = new ConcurrentHashMap<>();

  private BoundedRead() {}

  private record Started(CompletableFuture<SmallFile> result, long nanos) {
    Duration left(Duration longest) {
      Duration left = longest.minusNanos(System.nanoTime() - nanos);
      return left.isNegative() ? Duration.ZERO : left;
    }
  }

  /// What `reader` returns for the path.
  static SmallFile read(Path path, Duration longest, Function<Path, SmallFile> reader) {
    Started read = RUNNING.computeIfAbsent(path, file -> start(file, reader));
    try {
      return read.result.get(read.left(longest).toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (THREADS.getOrDefault(path, 0) < MOST_THREADS) {
        RUNNING.remove(path, read);
      } // else the next caller finds this one, and waits no longer
      return new SmallFile.Unreadable(
          path, "this one could not be read within " + longest.toMillis() + " ms");
    } catch (ExecutionException e) {
      return new SmallFile.Unreadable(path, "this one cannot be read (" + e.getCause() + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new SmallFile.Unreadable(path, "reading it was interrupted");
    }
  }

  private static Started start(Path path, Function<Path, SmallFile> reader) {
    CompletableFuture<SmallFile> result = new CompletableFuture<>();
    Started started = new Started(result, System.nanoTime());
    THREADS.merge(path, 1, Integer::sum);
    Thread.ofPlatform()
        .daemon()
        .name("file-read")
        .start(() -> {
          SmallFile read = new SmallFile.Unreadable(path, "this one cannot be read");
          try {
            read = reader.apply(path);
          } finally {
            RUNNING.remove(path, started);
            THREADS.computeIfPresent(path, (file, many) -> many == 1 ? null : many - 1);
            result.complete(read);
          }
        });
    return started;
  }
}
