package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Optional;

/// The states of a task.
public sealed interface TaskState {
  /// Waits for a time that its submission asked for, or for a leader that knows its type.
  record Scheduled(Instant dueAt) implements TaskState {}

  /// Waits for its next attempt after one that ended badly.
  ///
  /// @param error of that one; empty if none is known
  record Retrying(Instant dueAt, Optional<String> error) implements TaskState {}

  /// May run now; waits for a worker.
  record Ready() implements TaskState {}

  /// Claimed by a leader.
  ///
  /// @param epoch that leader's
  record Running(long epoch, Instant startedAt) implements TaskState {}

  /// Ended well.
  record Completed(Instant startedAt, Instant finishedAt) implements TaskState {}

  /// Ended badly: its attempts are used up, or the last one failed permanently.
  ///
  /// @param error of the last attempt; at most 1,000 characters
  record Dead(Instant startedAt, Instant finishedAt, String error) implements TaskState {}

  /// Ended badly: its time was over before it could start.
  record Expired(Instant finishedAt) implements TaskState {}

  /// Somebody cancelled it.
  ///
  /// @param startedAt of the attempt that was interrupted; empty if it waited
  record Cancelled(Optional<Instant> startedAt, Instant finishedAt) implements TaskState {}

  /// When it ended; empty while it has not.
  default Optional<Instant> ended() {
    return switch (this) {
      case Scheduled _, Retrying _, Ready _, Running _ -> Optional.empty();
      case Completed(Instant _, Instant finishedAt) -> Optional.of(finishedAt);
      case Dead(Instant _, Instant finishedAt, String _) -> Optional.of(finishedAt);
      case Expired(Instant finishedAt) -> Optional.of(finishedAt);
      case Cancelled(Optional<Instant> _, Instant finishedAt) -> Optional.of(finishedAt);
    };
  }

  /// What it is called.
  default StateName named() {
    return switch (this) {
      case Scheduled scheduled -> StateName.SCHEDULED;
      case Retrying retrying -> StateName.RETRYING;
      case Ready ready -> StateName.READY;
      case Running running -> StateName.RUNNING;
      case Completed completed -> StateName.COMPLETED;
      case Dead dead -> StateName.DEAD;
      case Expired expired -> StateName.EXPIRED;
      case Cancelled cancelled -> StateName.CANCELLED;
    };
  }
}
