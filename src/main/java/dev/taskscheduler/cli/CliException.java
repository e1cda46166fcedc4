package dev.taskscheduler.cli;

/// Ends a command with an exit status and a text for its caller.
abstract sealed class CliException extends RuntimeException {
  private final int status;

  private CliException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  /// The arguments or a file that they name have a fault.
  static final class Usage extends CliException {
    Usage(String message) {
      super(ExitStatus.USAGE, message);
    }
  }

  /// The server answered that it did not do it.
  static final class Refused extends CliException {
    private final int http;

    /// @param http the status of the answer
    Refused(int http, String message) {
      super(ExitStatus.REFUSED, message);
      this.http = http;
    }

    /// Whether the same call may succeed soon.
    boolean isPassing() {
      return http == 429 || http == 502 || http == 503 || http == 504;
    }
  }

  /// No answer came, or none that a task scheduler gives.
  static final class Unreachable extends CliException {
    Unreachable(String message) {
      super(ExitStatus.UNREACHABLE, message);
    }
  }
}
