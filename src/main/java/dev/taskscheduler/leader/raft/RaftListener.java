package dev.taskscheduler.leader.raft;

/// What the Raft room tells whoever counts. Must be quick.
public interface RaftListener {
  /// The group has a new leader, as this node heard it.
  void elected();

  /// This node tried to hand Raft leadership to a peer.
  ///
  /// @param done whether the peer took it
  void handedOver(boolean done);
}
