package dev.taskscheduler.task;

import java.time.Duration;
import java.time.Instant;

/// The time from which a task may start. Redis keeps it to the millisecond, by its own clock.
public sealed interface StartTime {
  /// As soon as a worker is free.
  StartTime NOW = new Now();

  /// At once.
  record Now() implements StartTime {}

  /// Not before this long after its submission.
  ///
  /// @param delay not negative
  record After(Duration delay) implements StartTime {}

  /// Not before this time; at once if that is over.
  record At(Instant time) implements StartTime {}
}
