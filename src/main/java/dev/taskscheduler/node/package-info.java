/// The leader's work: the dispatcher, the worker pool, maintenance with its chores, the drain.
///
/// Sees `leader`, `task`, `runner` and `spi`. Begin with `SchedulerNode`.
@NullMarked
package dev.taskscheduler.node;

import org.jspecify.annotations.NullMarked;
