package dev.taskscheduler.leader.raft;

/// The events that Ratis reports.
sealed interface RaftEvent {
  /// The group has a leader, which may not be ready yet.
  record LeaderChanged(String leader) implements RaftEvent {}

  /// This node leads the group, and all that was committed before is applied here.
  record Ready() implements RaftEvent {}

  /// This node leads the group no more, or never got ready.
  record NotLeader() implements RaftEvent {}

  /// Nothing can be written to this member's log any more.
  record LogFailed(String why) implements RaftEvent {}

  /// The server has closed itself, or was closed.
  record ServerDown() implements RaftEvent {}
}
