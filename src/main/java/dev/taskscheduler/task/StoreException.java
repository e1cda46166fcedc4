package dev.taskscheduler.task;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// A call to the store that failed. The type says what the caller may do.
public abstract sealed class StoreException extends RuntimeException {
  private StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  private StoreException(String message) {
    super(message);
  }

  /// Waits for a port's answer and throws its failure. The port bounds the wait: a timed one would
  /// cost each request a timer.
  public static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while it waited for Redis", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException known) {
        throw known;
      }
      throw new CompletionException(e.getCause());
    }
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
