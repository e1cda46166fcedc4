package dev.taskscheduler.runner.http;

/// Receives the outcomes of HTTP requests, for metrics. Called for every request: must be quick.
public interface TargetListener {
  /// A request for a task has ended, other than by an interrupt.
  ///
  /// @param type of the task, `http` or `callback`
  void asked(String type, ResponseCategory answer);
}
