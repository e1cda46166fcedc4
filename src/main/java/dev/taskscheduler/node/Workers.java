package dev.taskscheduler.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Hands out workers to claimed tasks, and queues those that wait for a free one.
///
/// While tasks are brief, a few more are claimed than there are workers (prefetch), so that a
/// worker that ends a task finds the next one here: a round trip to Redis takes longer than such a
/// task. They wait for a few milliseconds. If they wait longer, since tasks have become long, they
/// are requeued, and nothing is prefetched until tasks are brief again.
final class Workers {
  private static final int MOST_AHEAD = 64;
  private static final int AHEAD_OF_EACH = 8;
  private static final long BRIEF_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONG_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long STALE_NANOS = Duration.ofMillis(50).toNanos();
  private static final int WEIGHT = 16; // of the average, against one more run

  private final int ahead;
  private final Semaphore free;
  private final Queue<Attempt> waiting = new ConcurrentLinkedQueue<>();

  /// A moving average, long at first. An update may get lost to another, which does no harm.
  private volatile long typicalNanos = LONG_NANOS;

  Workers(int count) {
    free = new Semaphore(count);
    ahead = Math.min(MOST_AHEAD, AHEAD_OF_EACH * count);
  }

  /// How many tasks may wait here at the most.
  int mostAhead() {
    return ahead;
  }

  /// How many may wait here now.
  int ahead() {
    return typicalNanos < BRIEF_NANOS ? ahead : 0;
  }

  void ran(long nanos) {
    typicalNanos += (Math.min(nanos, LONG_NANOS) - typicalNanos) / WEIGHT;
  }

  void add(Attempt attempt) {
    waiting.add(attempt);
  }

  /// Gives a worker to the one that has waited longest.
  ///
  /// @return null if none waits, or no worker is free
  @Nullable Attempt next() {
    while (!waiting.isEmpty() && free.tryAcquire()) {
      Attempt next = waiting.poll();
      if (next != null) {
        return next;
      }
      free.release(); // and look again: a task that was added meanwhile found no worker
    }
    return null;
  }

  /// A worker is free again.
  void release() {
    free.release();
  }

  boolean anyWaits() {
    return !waiting.isEmpty();
  }

  /// Takes all that wait.
  List<Attempt> clear() {
    List<Attempt> all = new ArrayList<>();
    for (Attempt next = waiting.poll(); next != null; next = waiting.poll()) {
      all.add(next);
    }
    return all;
  }

  /// Takes all that wait, if they have waited so long that they should wait in Redis.
  List<Attempt> clearIfStale() {
    long now = System.nanoTime();
    return Optional.ofNullable(waiting.peek())
        .filter(oldest -> now - oldest.claimedNanos() > STALE_NANOS)
        .map(oldest -> {
          typicalNanos = LONG_NANOS;
          return clear();
        })
        .orElse(List.of());
  }
}
