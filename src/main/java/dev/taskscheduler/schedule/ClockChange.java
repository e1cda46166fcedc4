package dev.taskscheduler.schedule;

/// The choice of what happens at a clock change, for expressions that name their hours. Those that
/// run through ([CronExpression#runsThrough()]) fire in both hours of an overlap and in no gap.
///
/// @param gap for local times that do not exist, since clocks go forward
/// @param overlap for local times that come twice, since clocks go back
public record ClockChange(Gap gap, Overlap overlap) {
  /// After the gap, and at the first of two.
  public static final ClockChange DEFAULT = new ClockChange(Gap.AFTER, Overlap.FIRST);

  /// The choices for a local time that does not exist.
  public enum Gap {
    /// Fires at the first instant after the gap, once however many times fall into it.
    AFTER,
    /// Does not fire.
    SKIP
  }

  /// The choices for a local time that comes twice.
  public enum Overlap {
    /// Fires at the first one.
    FIRST,
    /// Fires at the second one.
    SECOND,
    /// Fires at each.
    BOTH
  }
}
