package dev.taskscheduler.node;

import dev.taskscheduler.task.RepairKind;
import java.time.Duration;

/// Receives the events of the leader's work, for metrics. Called often and by many threads: must be
/// quick.
public interface WorkListener {
  /// A task was started for the first time.
  ///
  /// @param wait from when it could start (its submission, or its due time) to this start
  void started(Duration wait);

  /// An attempt began, be it the first or a later one.
  default void began() {}

  /// An attempt ended and its end was recorded.
  ///
  /// @param outcome `completed`, `dead`, `retried`, `cancelled`, `requeued`, `lost` (reclaimed from
  ///   an earlier leader), `unknown-type`, or `expired`, which never began
  void finished(String outcome, Duration run);

  /// The same, with what the task is.
  ///
  /// @param outcome as for [#finished]
  default void ended(String type, String queue, String outcome, Duration run) {}

  /// A task ended, and a callback was made for it: a new task, which nobody submitted.
  default void callbackMade() {}

  /// An attempt ran out of time.
  void timedOut();

  /// An attempt ignored its interrupt and still holds a worker.
  void stuck();

  /// Something was wrong in Redis and was repaired.
  void repaired(RepairKind kind, int times);

  /// A repair pass has looked through all that stands in Redis.
  void lookedThrough(Duration took);
}
