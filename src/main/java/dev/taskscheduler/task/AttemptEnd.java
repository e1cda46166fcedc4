package dev.taskscheduler.task;

/// The state of a task after the end of its attempt was recorded.
public enum AttemptEnd {
  COMPLETED,
  DEAD,
  /// It waits for its next attempt.
  RETRYING,
  CANCELLED,
  /// It is back at the front of its queue, uncharged: the queue is closed.
  REQUEUED,
  /// This end was recorded before.
  BEFORE,
  /// Nothing was recorded: the task is not in this attempt any more.
  REFUSED
}
