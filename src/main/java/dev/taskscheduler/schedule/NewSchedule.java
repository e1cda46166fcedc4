package dev.taskscheduler.schedule;

import dev.taskscheduler.task.NewTask;

/// A schedule that somebody asks for.
///
/// @param task what each fire submits; its payload may hold [TaskTemplate#SCHEDULED_AT]
/// @param taskJson the same as it was sent, a JSON object in UTF-8, to be shown; not to be changed
///   after
public record NewSchedule(ScheduleSettings settings, NewTask task, byte[] taskJson) {
  /// Bytes of a task's JSON.
  public static final int LONGEST_TASK = 65_536;
}
