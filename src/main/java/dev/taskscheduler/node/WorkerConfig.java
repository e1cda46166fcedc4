package dev.taskscheduler.node;

import dev.taskscheduler.task.Backoff;
import java.time.Duration;

/// The configuration of the worker pool, and the defaults of tasks.
///
/// @param workers the maximum number of tasks that run at once
/// @param taskTimeout the default time limit of an attempt
/// @param maxAttempts the default number of charged attempts before a task is dead
/// @param backoff the default wait between attempts
/// @param maxResultBytes a larger result fails its attempt
/// @param priorities which tasks go first
/// @param repairEvery the time between two repair passes
public record WorkerConfig(
    int workers,
    Duration taskTimeout,
    int maxAttempts,
    Backoff backoff,
    int maxResultBytes,
    PriorityPolicy priorities,
    Duration repairEvery) {
  /// The same with another number of workers.
  public WorkerConfig workers(int others) {
    return new WorkerConfig(
        others, taskTimeout, maxAttempts, backoff, maxResultBytes, priorities, repairEvery);
  }
}
