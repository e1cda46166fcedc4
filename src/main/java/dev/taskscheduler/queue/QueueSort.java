package dev.taskscheduler.queue;

/// The orders of a list of queues.
public enum QueueSort {
  /// By name.
  NAME,
  /// The most ready tasks first.
  READY,
  /// The one whose next task waits longest first.
  OLDEST
}
