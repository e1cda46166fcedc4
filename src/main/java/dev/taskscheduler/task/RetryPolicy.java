package dev.taskscheduler.task;

import java.util.OptionalInt;

/// The number of attempts of a task and the waits between them; what is empty is as the leader is
/// configured.
///
/// @param maxAttempts attempts that may be charged to it before it is dead; 1 to 1,000
/// @param backoff how long it waits between attempts
public record RetryPolicy(OptionalInt maxAttempts, BackoffOverride backoff) {
  /// As the leader is configured.
  public static final RetryPolicy USUAL =
      new RetryPolicy(OptionalInt.empty(), BackoffOverride.USUAL);

  public static final int MOST_ATTEMPTS = 1000;
}
