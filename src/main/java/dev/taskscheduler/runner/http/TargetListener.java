package dev.taskscheduler.runner.http;

/// What the HTTP runners tell whoever counts. Called for every request: must be quick.
public interface TargetListener {
  /// A request for a task has ended, other than by an interrupt.
  ///
  /// @param type of the task, `http` or `callback`
  void asked(String type, ResponseCategory answer);
}
