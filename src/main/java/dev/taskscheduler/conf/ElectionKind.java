package dev.taskscheduler.conf;

/// The kinds of election.
public enum ElectionKind {
  /// Every eligible node stands at the fence.
  REDIS,
  /// The leader of a Raft group among the nodes stands.
  RAFT
}
