/// The calls for schedules: create, list, show, pause, trigger, preview and explain.
///
/// Sees `schedule` and `task`. Begin with [SchedulesHandler] for questions and
/// [ScheduleCommandsHandler] for commands; [ScheduleReader] reads what is put.
@NullMarked
package dev.taskscheduler.handlers.schedules;

import org.jspecify.annotations.NullMarked;
