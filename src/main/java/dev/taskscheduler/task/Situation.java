package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Optional;

/// A summary of all that stands in the store, at one instant.
///
/// @param at the store's time
/// @param closed queues that are closed since a target asked for it
/// @param schedules all of them
/// @param overdue schedules that should have fired a minute ago or earlier
/// @param lastMinute what all nodes did in the last full minute
public record Situation(
    Instant at,
    TaskOverview tasks,
    Some closed,
    long schedules,
    Some overdue,
    ActivityCounts lastMinute) {

  /// A number of queues or schedules, and the one to begin with.
  ///
  /// @param first its name
  /// @param time when the queue opens, or the schedule was due
  public record Some(long count, Optional<String> first, Optional<Instant> time) {
    public static final Some NONE = new Some(0, Optional.empty(), Optional.empty());
  }
}
