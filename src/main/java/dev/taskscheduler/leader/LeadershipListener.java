package dev.taskscheduler.leader;

/// What the leader room tells whoever counts. Must be quick.
public interface LeadershipListener {
  /// This node began or ended to lead.
  void transition(boolean leading);

  /// A write of this node was answered `FENCED`.
  void fencedWrite();
}
