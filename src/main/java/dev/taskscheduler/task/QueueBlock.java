package dev.taskscheduler.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The reasons why no task of a queue may start now.
public sealed interface QueueBlock {
  /// Somebody paused it.
  ///
  /// @param note what that person wrote; empty if nothing
  record Paused(String note) implements QueueBlock {}

  /// A target asked to be left alone.
  ///
  /// @param until when; empty if that is just over
  /// @param task whose attempt was answered so, and `error`, what it was answered; empty if unknown
  record Closed(Optional<Instant> until, String task, String error) implements QueueBlock {}

  /// As many tasks run as may.
  record Concurrency(long limit, long running) implements QueueBlock {}

  /// As many tasks were started as may be in this time.
  ///
  /// @param starts in each `period`
  /// @param until when the next may start; empty if that is now
  record Rate(long starts, Duration period, Optional<Instant> until) implements QueueBlock {}
}
