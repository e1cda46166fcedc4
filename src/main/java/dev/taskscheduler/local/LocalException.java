package dev.taskscheduler.local;

/// An error of `./run` with a message that says how to fix it.
final class LocalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalException(String message) {
    super(message);
  }

  LocalException(String message, Throwable cause) {
    super(message, cause);
  }
}
