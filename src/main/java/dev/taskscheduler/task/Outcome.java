package dev.taskscheduler.task;

import java.time.Duration;
import java.util.Optional;

/// The outcomes of an attempt.
public sealed interface Outcome {
  /// The runner returned, with nothing to keep.
  Outcome SUCCESS = new Success(new byte[0]);

  /// The runner returned.
  ///
  /// @param result a JSON value to keep with the task; empty if there is none
  record Success(byte[] result) implements Outcome {}

  /// The runner threw, or ran out of time.
  ///
  /// @param error for people; cut to 1,000 characters when kept
  /// @param timedOut whether it ran out of time
  /// @param retryIn when to try again; empty if this was the last attempt
  /// @param retryAfter for how long the target asked to be left alone; empty if it did not
  record Failure(
      String error, boolean timedOut, Optional<Duration> retryIn, Optional<Duration> retryAfter)
      implements Outcome {
    /// A failure of which the target said nothing.
    public Failure(String error, boolean timedOut, Optional<Duration> retryIn) {
      this(error, timedOut, retryIn, Optional.empty());
    }
  }

  /// Somebody cancelled the task while it ran.
  record Cancelled() implements Outcome {}
}
