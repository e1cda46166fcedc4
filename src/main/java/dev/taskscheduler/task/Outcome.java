package dev.taskscheduler.task;

/// How an attempt ended.
public sealed interface Outcome {
  /// The runner returned.
  record Success() implements Outcome {}

  /// The runner threw, or ran out of time.
  ///
  /// @param error for people; cut to 1,000 characters when kept
  record Failure(String error) implements Outcome {}
}
