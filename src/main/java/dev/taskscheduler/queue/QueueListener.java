package dev.taskscheduler.queue;

import java.util.List;

/// Receives the loads of queues, for metrics.
public interface QueueListener {
  /// The loads of the queues with the most ready tasks, and of all others in one.
  ///
  /// @param loads empty while this node does not lead
  void busiest(List<QueueLoad> loads);
}
