package dev.taskscheduler.handlers;

import dev.taskscheduler.task.TaskService;
import java.util.function.LongSupplier;

/// What stands behind the REST face.
///
/// @param queueSize the tasks this node has before it as leader, 0 on a follower; answers at once
public record Scheduler(TaskService tasks, LeaderView leader, LongSupplier queueSize) {}
