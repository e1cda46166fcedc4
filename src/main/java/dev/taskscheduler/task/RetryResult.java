package dev.taskscheduler.task;

/// The results of a retry of a dead or expired task.
public enum RetryResult {
  /// It is ready, with a new life before it and its attempts behind it.
  RETRIED,
  /// There is no such task.
  UNKNOWN,
  /// It has not ended.
  PENDING,
  /// It ended well.
  COMPLETED,
  /// Somebody cancelled it.
  CANCELLED,
  /// Too many tasks are pending.
  QUEUE_FULL,
  /// Another task holds its unique key.
  NOT_UNIQUE
}
