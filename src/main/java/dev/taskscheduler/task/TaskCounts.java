package dev.taskscheduler.task;

import java.time.Duration;
import java.util.Map;

/// The counts of tasks by state, at one instant.
///
/// @param waited of each priority that has something ready that is not set aside, for how long the
///   task at the front has been ready: since it was submitted, was due or was last tried
public record TaskCounts(
    Map<Priority, Long> ready,
    Map<Priority, Duration> waited,
    long scheduled,
    long running,
    long completed,
    long dead,
    long expired,
    long cancelled) {
  public TaskCounts {
    ready = Map.copyOf(ready);
    waited = Map.copyOf(waited);
  }

  /// What the leader has before it: ready and running.
  public long queued() {
    return ready.values().stream().mapToLong(Long::longValue).sum() + running;
  }
}
