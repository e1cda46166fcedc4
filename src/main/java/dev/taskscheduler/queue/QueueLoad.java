package dev.taskscheduler.queue;

/// The number of tasks in a queue.
///
/// @param name of the queue, or [#OTHER] for all that have no place of their own
/// @param ready its ready tasks
/// @param running its running tasks
public record QueueLoad(String name, long ready, long running) {
  /// All queues but those that are named.
  public static final String OTHER = "other";
}
