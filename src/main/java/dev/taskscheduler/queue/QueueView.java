package dev.taskscheduler.queue;

import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A queue at one instant.
///
/// @param ready its ready tasks by priority; a priority that has none may be left out
/// @param running its running tasks
/// @param oldest when the first submitted of the tasks that are next was submitted
/// @param blocked why none of its tasks may start now
/// @param sources what sets something for it, the most specific first
public record QueueView(
    String name,
    Map<Priority, Long> ready,
    long running,
    Optional<Instant> oldest,
    Optional<QueueBlock> blocked,
    List<QueueSource> sources) {
  public QueueView {
    ready = Map.copyOf(ready);
    sources = List.copyOf(sources);
  }

  /// All its ready tasks.
  public long allReady() {
    return ready.values().stream().mapToLong(Long::longValue).sum();
  }
}
