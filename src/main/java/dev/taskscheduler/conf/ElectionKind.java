package dev.taskscheduler.conf;

/// The kinds of election.
public enum ElectionKind {
  /// Each eligible node tries to acquire the lease.
  REDIS,
  /// The leader of a Raft group of the nodes tries to acquire the lease.
  RAFT
}
