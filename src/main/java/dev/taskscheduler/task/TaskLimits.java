package dev.taskscheduler.task;

import java.time.Duration;

/// The limits of stored tasks.
///
/// @param maxPending tasks that have not ended; one more is refused
/// @param maxAttempts starts of a task that may be charged to it before it is dead, 1 or more
/// @param retention how long a finished or dead task is kept
/// @param maxFinished finished tasks kept at the most
/// @param maxDead dead tasks kept at the most
public record TaskLimits(
    long maxPending, int maxAttempts, Duration retention, long maxFinished, long maxDead) {}
