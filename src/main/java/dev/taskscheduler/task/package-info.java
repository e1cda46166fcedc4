/// Tasks: the model, what users may ask (`TaskService`), and the ports to the store.
///
/// Sees `lease`. Begin with `TaskService`.
@NullMarked
package dev.taskscheduler.task;

import org.jspecify.annotations.NullMarked;
