/// Tasks: the model, the service that handlers call, and the ports to the store, cut by caller.
///
/// Sees `spi`. Begin with `TaskService`.
@NullMarked
package dev.taskscheduler.task;

import org.jspecify.annotations.NullMarked;
