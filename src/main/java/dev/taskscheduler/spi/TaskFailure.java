package dev.taskscheduler.spi;

import java.time.Duration;
import java.util.Optional;

/// A failed attempt of which the runner knows whether another attempt may succeed. Any other
/// exception is a failure too; the task is then tried again after its backoff.
public final class TaskFailure extends Exception {
  private final Optional<Duration> retryAfter;
  private final boolean permanent;

  private TaskFailure(String message, Optional<Duration> retryAfter, boolean permanent) {
    super(message);
    this.retryAfter = retryAfter;
    this.permanent = permanent;
  }

  /// A failure after which another attempt may succeed.
  public static TaskFailure retryable(String message) {
    return new TaskFailure(message, Optional.empty(), false);
  }

  /// A failure after which another attempt may succeed, but not before `retryAfter` has passed.
  public static TaskFailure retryable(String message, Duration retryAfter) {
    return new TaskFailure(message, Optional.of(retryAfter), false);
  }

  /// A failure that no other attempt would mend: the task is dead.
  public static TaskFailure permanent(String message) {
    return new TaskFailure(message, Optional.empty(), true);
  }

  /// The shortest wait before the next attempt; empty if the task's own backoff decides.
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /// Whether no other attempt is made.
  public boolean isPermanent() {
    return permanent;
  }
}
