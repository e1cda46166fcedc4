package dev.taskscheduler.schedule;

/// The ways in which a clock change bends a planned instant.
public enum Bend {
  /// No clock change is near.
  NONE,
  /// Its local time does not exist on that day; it is the first instant after the gap.
  MOVED_AFTER_GAP,
  /// Its local time comes twice, and this is the first.
  FIRST_OF_TWO,
  /// Its local time comes twice, and this is the second.
  SECOND_OF_TWO
}
