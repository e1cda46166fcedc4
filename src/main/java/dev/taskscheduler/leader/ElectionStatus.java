package dev.taskscheduler.leader;

import java.util.List;
import java.util.Optional;

/// The state of an elector's group, for people.
///
/// @param term the newest that this node has heard of
/// @param problem why nobody can be nominated; empty when all is well
/// @param peers all members of the group, this node among them
/// @param warning what a person should change although leadership works; empty when there is
///   nothing
public record ElectionStatus(
    long term, Optional<String> problem, List<Peer> peers, Optional<String> warning) {
  public ElectionStatus {
    peers = List.copyOf(peers);
  }

  /// A member of the group.
  ///
  /// @param address where electors reach it
  /// @param reachable whether this node reaches it; true for itself
  public record Peer(String id, String address, boolean reachable) {}
}
