package dev.taskscheduler.runner.http;

/// Receives the outcome of each HTTP request, for metrics. Must return quickly.
public interface TargetListener {
  /// A request for a task has ended, unless by an interrupt.
  ///
  /// @param type of the task, `http` or `callback`
  void requestEnded(String type, ResponseCategory category);
}
