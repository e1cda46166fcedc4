package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// An overview of all tasks.
///
/// @param front of each priority that has something ready, when the task at the front was submitted
/// @param nextDue when the first of what is scheduled is due
/// @param paused what is paused, and since when
public record TaskOverview(
    TaskCounts counts,
    Map<Priority, Instant> front,
    Optional<Instant> nextDue,
    Map<Pause, Instant> paused) {
  public TaskOverview {
    front = Map.copyOf(front);
    paused = Map.copyOf(paused);
  }
}
