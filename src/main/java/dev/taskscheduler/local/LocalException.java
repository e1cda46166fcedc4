package dev.taskscheduler.local;

/// What `./run` cannot do here, said so that a person can mend it.
final class LocalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalException(String message) {
    super(message);
  }

  LocalException(String message, Throwable cause) {
    super(message, cause);
  }
}
