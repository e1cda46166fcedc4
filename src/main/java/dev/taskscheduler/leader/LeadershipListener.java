package dev.taskscheduler.leader;

/// Receives the events of leadership, for metrics. Must be quick.
public interface LeadershipListener {
  /// This node began or ended to lead.
  void transition(boolean leading);

  /// A write of this node was answered `FENCED`.
  void fencedWrite();
}
