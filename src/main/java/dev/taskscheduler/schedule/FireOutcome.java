package dev.taskscheduler.schedule;

/// The ends of a planned instant.
public enum FireOutcome {
  /// Its task was submitted.
  FIRED,
  /// A person triggered it.
  TRIGGERED,
  /// A person asked for instants that had passed.
  BACKFILLED,
  /// It waits for the end of an earlier run.
  BUFFERED,
  /// An earlier run had not ended.
  SKIPPED,
  /// It passed while nothing could fire, and was not caught up.
  MISSED,
  /// Too many tasks were pending; it is tried again.
  FULL
}
