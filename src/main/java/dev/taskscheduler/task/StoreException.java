package dev.taskscheduler.task;

/// A call to the store that failed. The type says what the caller may do.
public abstract sealed class StoreException extends RuntimeException {
  private StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  private StoreException(String message) {
    super(message);
  }

  /// Redis did not answer, or not in time: the call may or may not have happened. Retry it if it is
  /// idempotent.
  public static final class Unavailable extends StoreException {
    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// It certainly did not happen: Redis is away, full, cannot write its disk, or this node has too
  /// much waiting already. The message says which.
  public static final class Refused extends StoreException {
    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// A newer leader exists: step down, never retry.
  public static final class Fenced extends StoreException {
    public Fenced(String message) {
      super(message);
    }
  }
}
