package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Checks that a member's files are still there and more can be written: Ratis goes on as if
/// nothing had happened where it is not so. Looked at every second, on a thread of its own, for a
/// disk may hang.
final class DiskWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Supplier<Optional<RaftDirectory>> directory;
  private volatile Optional<String> problem = Optional.empty();
  private volatile boolean failed;
  private volatile boolean gone;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("raft-disk").factory());

  /// @param directory of a member that runs; asked each time
  DiskWatch(Supplier<Optional<RaftDirectory>> directory) {
    this.directory = directory;
  }

  void start() {
    thread.scheduleWithFixedDelay(
        () -> directory.get().ifPresent(this::look), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(RaftDirectory kept) {
    try {
      kept.proveWritable();
      gone = !kept.hasData();
      problem = Optional.empty();
    } catch (IOException e) {
      failed = true;
      gone = !kept.exists();
      problem = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Why nothing can be written now; empty if it can.
  Optional<String> problem() {
    return problem;
  }

  /// Whether nothing could be written at some time since the member was opened.
  boolean failed() {
    return failed;
  }

  /// Whether the data is not there any more.
  boolean gone() {
    return gone;
  }

  /// The member was opened anew: what was found before does not count.
  void reset() {
    failed = false;
    gone = false;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
