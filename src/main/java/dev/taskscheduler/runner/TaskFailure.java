package dev.taskscheduler.runner;

import java.time.Duration;
import java.util.Optional;

/// An attempt that ended badly, by a runner that knows more of it than its message. Any other
/// exception is a failure too, tried again after the task's backoff.
public final class TaskFailure extends Exception {
  private final Optional<Duration> retryAfter;
  private final boolean last;

  private TaskFailure(String message, Optional<Duration> retryAfter, boolean last) {
    super(message);
    this.retryAfter = retryAfter;
    this.last = last;
  }

  /// A failure that another attempt may mend.
  public static TaskFailure passing(String message) {
    return new TaskFailure(message, Optional.empty(), false);
  }

  /// A failure that another attempt may mend, but none before that long.
  public static TaskFailure passing(String message, Duration retryAfter) {
    return new TaskFailure(message, Optional.of(retryAfter), false);
  }

  /// A failure that no other attempt would mend: the task is dead.
  public static TaskFailure lasting(String message) {
    return new TaskFailure(message, Optional.empty(), true);
  }

  /// How long whoever was asked wants to be left alone.
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /// Whether no other attempt is to be made.
  public boolean isLasting() {
    return last;
  }
}
