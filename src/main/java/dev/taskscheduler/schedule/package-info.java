/// Schedules: what plans the instants at which tasks are submitted, and what happens at each.
///
/// Sees Java, and `task` for what a schedule submits. Begin with [Schedules], the port for users,
/// and [FirePlanner], which decides what the leader does. [Timing] answers when a schedule fires
/// next; [CronExpression] is its arithmetic.
@NullMarked
package dev.taskscheduler.schedule;

import org.jspecify.annotations.NullMarked;
