package dev.taskscheduler.conf;

/// Who nominates the leader.
public enum ElectionKind {
  /// Every eligible node stands at the fence.
  REDIS,
  /// The leader of a Raft group among the nodes stands.
  RAFT
}
