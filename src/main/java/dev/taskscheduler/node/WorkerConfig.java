package dev.taskscheduler.node;

import dev.taskscheduler.task.RetryDefaults;
import java.time.Duration;

/// The configuration of the worker pool, and the defaults of tasks.
///
/// @param workers the maximum number of tasks that run at once
/// @param taskTimeout the default time limit of an attempt
/// @param retries how failed attempts are retried by default
/// @param maxResultBytes a larger result fails its attempt
/// @param priorities which tasks go first
/// @param repairEvery the time between two repair passes
public record WorkerConfig(
    int workers,
    Duration taskTimeout,
    RetryDefaults retries,
    int maxResultBytes,
    PriorityPolicy priorities,
    Duration repairEvery) {
  /// The same with another number of workers.
  public WorkerConfig workers(int others) {
    return new WorkerConfig(others, taskTimeout, retries, maxResultBytes, priorities, repairEvery);
  }
}
