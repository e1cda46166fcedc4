/// Status, lists, statistics, explanations, cancellations, retries and pauses.
///
/// Sees `task`, `leader`, `handlers.cluster`, `handlers.submit`, `handlers.auth` and
/// `handlers.wire`. Begin with `TasksHandler`.
@NullMarked
package dev.taskscheduler.handlers.tasks;

import org.jspecify.annotations.NullMarked;
