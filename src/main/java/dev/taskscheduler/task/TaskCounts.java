package dev.taskscheduler.task;

import java.util.Map;

/// How many tasks stand where, at one instant.
public record TaskCounts(
    Map<Priority, Long> ready,
    long scheduled,
    long running,
    long completed,
    long dead,
    long expired,
    long cancelled) {
  public TaskCounts {
    ready = Map.copyOf(ready);
  }

  /// What the leader has before it: ready and running.
  public long queued() {
    return ready.values().stream().mapToLong(Long::longValue).sum() + running;
  }
}
