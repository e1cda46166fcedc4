package dev.taskscheduler.cli;

/// The exit statuses of all commands.
final class ExitStatus {
  static final int OK = 0;

  /// A task did not complete, or a comparison found a difference.
  static final int NEGATIVE = 1;

  /// The arguments have a fault; nothing was sent.
  static final int USAGE = 2;

  /// The server refused the call, or could not do it.
  static final int REFUSED = 3;

  /// Nothing answered in time, or no task scheduler answered.
  static final int UNREACHABLE = 4;

  /// The wait for the end of a task was over before the task was.
  static final int STILL_RUNNING = 5;

  private ExitStatus() {}
}
