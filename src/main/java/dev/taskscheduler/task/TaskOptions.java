package dev.taskscheduler.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// What a submission asks for beyond the usual; what is empty is as the leader is configured.
///
/// @param due when the task may start
/// @param maxAttempts attempts that may be charged to it before it is dead; 1 to 1,000
/// @param backoff how long it waits between attempts
/// @param timeout how long an attempt may take
/// @param expiresAt after which no attempt is started any more
public record TaskOptions(
    Due due,
    OptionalInt maxAttempts,
    Optional<Backoff> backoff,
    Optional<Duration> timeout,
    Optional<Instant> expiresAt) {
  /// Nothing beyond the usual.
  public static final TaskOptions NONE =
      new TaskOptions(
          Due.NOW, OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// When a task that was submitted at `submittedAt` may start.
  public Instant dueAt(Instant submittedAt) {
    return switch (due) {
      case Due.Now() -> submittedAt;
      case Due.After(Duration delay) -> submittedAt.plus(delay);
      case Due.At(Instant time) -> time.isAfter(submittedAt) ? time : submittedAt;
    };
  }
}
