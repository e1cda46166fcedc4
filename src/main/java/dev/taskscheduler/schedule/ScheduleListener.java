package dev.taskscheduler.schedule;

import java.time.Duration;

/// Receives what the leader does with schedules, for metrics. Must be quick.
public interface ScheduleListener {
  /// Something became of a planned instant.
  ///
  /// @param late how long after it was to fire, by Redis's clock
  void fired(FireOutcome outcome, Duration late);

  /// Instants passed and do not fire.
  void missed(int instants);

  /// The leader has looked at what is due.
  ///
  /// @param all how many schedules there are
  /// @param active how many of them wait for an instant
  /// @param untilNext how long until the first of these fires
  void looked(long all, long active, Duration untilNext);

  /// This node does not lead any more.
  void ended();
}
