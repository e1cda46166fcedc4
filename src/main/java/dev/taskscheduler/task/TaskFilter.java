package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Optional;

/// The filter of a list of tasks; what is empty asks for nothing.
///
/// @param submittedSince this time or later
/// @param submittedBefore earlier than this
/// @param limit tasks on a page at the most, 1 to 500
public record TaskFilter(
    Optional<StateName> state,
    Optional<Priority> priority,
    Optional<String> type,
    Optional<String> queue,
    Optional<Instant> submittedSince,
    Optional<Instant> submittedBefore,
    int limit) {
  public static final int USUAL_LIMIT = 50;
  public static final int MOST = 500;

  public TaskFilter {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit must be 1 to " + MOST + ", was " + limit);
    }
  }

  /// The same for one state, with another limit.
  public TaskFilter only(StateName other, int most) {
    return new TaskFilter(
        Optional.of(other), priority, type, queue, submittedSince, submittedBefore, most);
  }
}
