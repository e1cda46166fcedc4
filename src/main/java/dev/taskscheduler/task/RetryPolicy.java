package dev.taskscheduler.task;

/// The policy by which failed attempts of a task are retried, where neither its submission nor its
/// queue says so.
///
/// @param maxAttempts charged attempts before the task is dead, 1 or more
/// @param backoff the wait between attempts
public record RetryPolicy(int maxAttempts, Backoff backoff) {
  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be 1 or more, was " + maxAttempts);
    }
  }
}
