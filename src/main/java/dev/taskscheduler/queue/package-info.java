/// Queues: what limits them, what pauses them, and what stands in them. Their tasks are in
/// `dev.taskscheduler.task`; the store of both is `dev.taskscheduler.task.redis`, since scripts
/// that move a task also keep its queue.
///
/// Sees the model of `dev.taskscheduler.task` and nothing else. Begin with [Queues].
@NullMarked
package dev.taskscheduler.queue;

import org.jspecify.annotations.NullMarked;
