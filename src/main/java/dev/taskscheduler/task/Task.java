package dev.taskscheduler.task;

import java.time.Instant;

/// A task, without its payload.
///
/// @param attempts how often it was started, all starts counted
public record Task(
    String id,
    Priority priority,
    String type,
    String queue,
    Instant submittedAt,
    int attempts,
    TaskState state) {}
