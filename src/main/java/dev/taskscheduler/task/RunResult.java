package dev.taskscheduler.task;

/// The answer to a call that lets a task run now.
public enum RunResult {
  /// It waited for a time, and is ready now.
  MOVED,
  /// No task has this id.
  UNKNOWN,
  /// It was ready already.
  READY,
  /// It runs.
  RUNNING,
  /// It has ended.
  ENDED
}
