package dev.taskscheduler.task;

/// A count of what was done in some time.
///
/// @param submitted tasks that were accepted
/// @param started attempts that began
/// @param completed tasks that completed
/// @param failed attempts that failed, whether the task is retried or dead
public record ActivityCounts(long submitted, long started, long completed, long failed) {
  public static final ActivityCounts NONE = new ActivityCounts(0, 0, 0, 0);
}
