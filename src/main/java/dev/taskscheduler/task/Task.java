package dev.taskscheduler.task;

import java.time.Instant;
import java.util.List;

/// A task, without its payload.
///
/// @param tags of its submitter's own
/// @param attempts how often it was started, all starts counted
public record Task(
    String id,
    Priority priority,
    String type,
    String queue,
    List<String> tags,
    Instant submittedAt,
    int attempts,
    TaskState state) {
  public Task {
    tags = List.copyOf(tags);
  }

  /// A task without tags.
  public Task(
      String id,
      Priority priority,
      String type,
      String queue,
      Instant submittedAt,
      int attempts,
      TaskState state) {
    this(id, priority, type, queue, List.of(), submittedAt, attempts, state);
  }
}
