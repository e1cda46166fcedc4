package dev.taskscheduler.task;

/// The answer to the deletion of one task.
public enum DeleteResult {
  /// It is gone, with its attempts.
  DELETED,
  /// No task has this id.
  UNKNOWN,
  /// It has not ended: it has to be cancelled first.
  PENDING,
  /// It completed: such tasks go by themselves.
  COMPLETED,
  /// It ended or was submitted some seconds ago: its record still answers calls that come again.
  RECENT
}
