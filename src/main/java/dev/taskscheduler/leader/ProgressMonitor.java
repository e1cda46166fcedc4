package dev.taskscheduler.leader;

import java.time.Duration;
import java.util.Optional;

/// Checks, before each renewal, that this node's leadership still makes steps: a leader that can do
/// nothing must lose its lease. Safe for use by several threads.
final class ProgressMonitor {
  /// Of the work: far more than the calls to Redis in one step may take.
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final long longestNanos;
  private final LeaderWork work;
  private volatile long last = System.nanoTime();

  /// @param longest between two steps of the thread that owns leadership
  ProgressMonitor(Duration longest, LeaderWork work) {
    this.longestNanos = longest.toNanos();
    this.work = work;
  }

  /// The thread that owns leadership goes on.
  void made() {
    last = System.nanoTime();
  }

  /// What makes no steps any more; empty when all is well.
  Optional<String> missing() {
    if (System.nanoTime() - last > longestNanos) {
      return Optional.of("the leadership thread makes no steps");
    }
    return work.sinceStep().compareTo(LONGEST) > 0
        ? Optional.of("the dispatcher makes no steps")
        : Optional.empty();
  }
}
