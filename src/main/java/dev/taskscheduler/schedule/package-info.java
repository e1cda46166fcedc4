/// Schedules: the arithmetic of cron expressions, intervals, time zones and clock changes.
///
/// Sees Java alone. Begin with [Timing], which answers when a schedule fires next, and
/// [CronExpression].
@NullMarked
package dev.taskscheduler.schedule;

import org.jspecify.annotations.NullMarked;
