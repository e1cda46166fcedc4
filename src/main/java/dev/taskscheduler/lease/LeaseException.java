package dev.taskscheduler.lease;

/// A call to the lease that failed. The type says what the caller may do.
public abstract sealed class LeaseException extends RuntimeException {
  private LeaseException(String message, Throwable cause) {
    super(message, cause);
  }

  private LeaseException(String message) {
    super(message);
  }

  /// Redis did not answer: the call may or may not have happened. Repeat it with the same nonce.
  public static final class Unavailable extends LeaseException {
    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// This Redis would lose tasks or cannot run the scripts; nobody may lead on it until a person
  /// changes that.
  public static final class Unfit extends LeaseException {
    public Unfit(String message) {
      super(message);
    }
  }
}
