package dev.taskscheduler.task;

/// What the task room tells whoever counts. Called often and by many threads: must be quick.
public interface TaskListener {
  /// A submission was accepted by this node.
  void submitted(Priority priority);
}
