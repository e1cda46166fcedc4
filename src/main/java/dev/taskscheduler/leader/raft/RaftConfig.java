package dev.taskscheduler.leader.raft;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The configuration of this node's Raft member.
///
/// @param group the name of the group: all nodes that share it elect one leader
/// @param bind where this node listens; an empty host for all addresses
/// @param dataDir what it keeps on disk, for itself alone
/// @param listed the members that `RAFT_NODES` names; empty for a group of this node alone
/// @param bootstrap what to do where there is no data yet
/// @param electionMin how long a follower hears nothing before it asks for votes, at least
/// @param electionMax the same, at most
/// @param protection how members prove to each other who they are
public record RaftConfig(
    String group,
    RaftNode bind,
    Path dataDir,
    List<RaftNode> listed,
    Bootstrap bootstrap,
    Duration electionMin,
    Duration electionMax,
    RaftProtection protection) {
  public RaftConfig {
    listed = List.copyOf(listed);
  }

  /// What a node with an empty data directory does.
  public enum Bootstrap {
    /// Starts with all of `RAFT_NODES`.
    AUTO,
    /// The same, and the operator states that this is a new cluster.
    TRUE,
    /// Waits until a leader takes it in.
    FALSE
  }

  /// This node's id.
  public String node() {
    return bind.id();
  }

  /// The members, this node among them.
  public List<RaftNode> nodes() {
    return listed.isEmpty() ? List.of(own()) : listed;
  }

  /// This node as the others reach it.
  public RaftNode own() {
    return listed.stream()
        .filter(node -> node.id().equals(node()))
        .findFirst()
        .orElseGet(() -> anyAddress() ? new RaftNode(bind.id(), "127.0.0.1", bind.port()) : bind);
  }

  private boolean anyAddress() {
    return List.of("", "0.0.0.0", "::").contains(bind.host());
  }

  /// What a person should know of how this member can be attacked; empty where it is protected, or
  /// reached from this machine alone.
  public Optional<String> warning() {
    if (!(protection instanceof RaftProtection.None) || listed.size() < 2 || onLoopback()) {
      return Optional.empty();
    }
    return Optional.of(
        ("THE RAFT PORT IS NOT PROTECTED: WHOEVER REACHES %s CAN END LEADERSHIP. SET "
                + "RAFT_SECRET_FILE, OR RAFT_TLS_CERT, RAFT_TLS_KEY AND RAFT_TLS_CA, ON ALL MEMBERS")
            .formatted(bind.address()));
  }

  private boolean onLoopback() {
    return bind.host().equals("localhost")
        || PeerCertificates.literal(bind.host()).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /// The group by the id that Ratis knows it by: the same for the same name, whoever its members
  /// are.
  UUID groupId() {
    return UUID.nameUUIDFromBytes(group.getBytes(StandardCharsets.UTF_8));
  }

  /// Why this node cannot take part with this list; empty if it can.
  public Optional<String> fault() {
    return listed.isEmpty() || listed.stream().anyMatch(node -> node.id().equals(node()))
        ? Optional.empty()
        : Optional.of("a list with an entry for this node, whose NODE_ID is " + node());
  }
}
