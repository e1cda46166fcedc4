package dev.taskscheduler.node;

import dev.taskscheduler.task.Backoff;
import java.time.Duration;

/// @param workers tasks that run at once, at the most
/// @param taskTimeout how long an attempt may take before it is interrupted, where a task does not
///   say
/// @param maxAttempts attempts that may be charged to a task before it is dead, where it does not
///   say
/// @param backoff between attempts, where a task does not say
/// @param maxResultBytes a larger result fails its attempt
/// @param priorities which tasks go first
/// @param repairEvery how long after a look through all that stands in Redis the next one begins
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
