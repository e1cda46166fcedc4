/// The leader's work: claims, the worker pool, maintenance, repairs.
///
/// Sees `leader`, `task`, `runner` and `lease`. Begin with `SchedulerNode`.
@NullMarked
package dev.taskscheduler.node;

import org.jspecify.annotations.NullMarked;
