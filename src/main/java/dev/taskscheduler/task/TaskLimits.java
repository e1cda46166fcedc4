package dev.taskscheduler.task;

import java.time.Duration;
import java.util.Map;

/// The limits of stored tasks.
///
/// @param maxPending tasks that have not ended; one more is refused
/// @param maxAttempts starts of a task that may be charged to it before it is dead, 1 or more
/// @param retention how long a finished or dead task is kept
/// @param maxFinished finished tasks kept at the most
/// @param maxDead dead tasks kept at the most
/// @param maxAttemptsByType instead of `maxAttempts`, for types that are retried more or less often
public record TaskLimits(
    long maxPending,
    int maxAttempts,
    Duration retention,
    long maxFinished,
    long maxDead,
    Map<String, Integer> maxAttemptsByType) {
  public TaskLimits {
    maxAttemptsByType = Map.copyOf(maxAttemptsByType);
  }

  /// The same attempts for all types.
  public TaskLimits(
      long maxPending, int maxAttempts, Duration retention, long maxFinished, long maxDead) {
    this(maxPending, maxAttempts, retention, maxFinished, maxDead, Map.of());
  }
}
