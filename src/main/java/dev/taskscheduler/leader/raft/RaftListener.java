package dev.taskscheduler.leader.raft;

/// Receives the events of Raft, for metrics. Must be quick.
public interface RaftListener {
  /// The group has a new leader, as this node heard it.
  void elected();

  /// This node tried to hand Raft leadership to a peer.
  ///
  /// @param done whether the peer took it
  void transferred(boolean done);
}
