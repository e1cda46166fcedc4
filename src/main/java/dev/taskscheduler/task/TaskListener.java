package dev.taskscheduler.task;

/// Receives the events of submissions and commands, for metrics. Called often and by many threads:
/// must be quick.
public interface TaskListener {
  /// A submission was accepted by this node.
  void submitted(Priority priority);

  /// A submission was answered as one before it: it came again under its idempotency key.
  default void replayed() {}

  /// A submission was answered with the task that holds its unique key.
  default void duplicate() {}

  /// A task that waited was cancelled through this node.
  default void cancelled() {}

  /// A dead or expired task was retried through this node.
  default void retried() {}
}
