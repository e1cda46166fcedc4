package dev.taskscheduler.task;

/// The answer to a cancellation.
public sealed interface Cancellation {
  /// It waited, and never starts.
  ///
  /// @param was scheduled, retrying or ready
  record Cancelled(StateName was) implements Cancellation {}

  /// It runs; the leader was asked to interrupt it. It may still end otherwise.
  record Asked() implements Cancellation {}

  /// Too late: it had ended.
  ///
  /// @param state `completed`, `dead`, `expired` or `cancelled`
  record Ended(String state) implements Cancellation {}

  /// There is no such task.
  record Unknown() implements Cancellation {}
}
