/// Queues: their settings, pauses and lists.
///
/// Sees `queue`, `task`, `handlers.submit`, `handlers.server`, `handlers.auth` and `handlers.wire`.
/// Begin with `QueuesHandler`.
@NullMarked
package dev.taskscheduler.handlers.queues;

import org.jspecify.annotations.NullMarked;
