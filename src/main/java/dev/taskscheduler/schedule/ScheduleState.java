package dev.taskscheduler.schedule;

/// Where a schedule stands.
public enum ScheduleState {
  /// It will fire at its next instant.
  ACTIVE,
  /// A person paused it.
  PAUSED,
  /// It plans no more instants, or has made as many fires as it may.
  ENDED,
  /// It could not fire and is tried again; its fault says why.
  FAULTY
}
