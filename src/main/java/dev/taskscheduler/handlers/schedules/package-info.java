/// The calls for schedules: create, list, show, pause, trigger, preview and explain.
///
/// Sees `schedule`, `task` and `handlers.files`. Begin with [SchedulesHandler] for questions and
/// [ScheduleCommandsHandler] for commands; [ScheduleReader] reads what is put; [ScheduleFile] what
/// stands in a file.
@NullMarked
package dev.taskscheduler.handlers.schedules;

import org.jspecify.annotations.NullMarked;
