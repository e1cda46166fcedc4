package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/// The members of the group and their addresses, as this member knows them: `RAFT_NODES`, and whom
/// the group has on record. What `RAFT_NODES` says of a member's address wins, so that nobody can
/// point a listed id elsewhere.
final class PeerDirectory {
  private final RaftConfig config;
  private final RaftServer server;
  private final RaftGroupId group;

  PeerDirectory(RaftConfig config, RaftServer server) {
    this.config = config;
    this.server = server;
    this.group = RaftGroupId.valueOf(config.groupId());
  }

  String self() {
    return config.node();
  }

  RaftGroupId group() {
    return group;
  }

  /// A member other than this one.
  Optional<RaftNode> find(String id) {
    if (!RaftNode.isId(id) || id.equals(config.node())) {
      return Optional.empty();
    }
    return config.nodes().stream()
        .filter(node -> node.id().equals(id))
        .findFirst()
        .or(() -> recorded(id));
  }

  private Optional<RaftNode> recorded(String id) {
    RaftPeerId peer = RaftPeerId.valueOf(id);
    try {
      var record = server.getDivision(group).getRaftConf();
      return Optional.ofNullable(record.getPeer(peer, RaftPeerRole.FOLLOWER))
          .map(found -> RaftNode.parseAddress(id, found.getAddress()));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // the group is not there yet, or has no address of this one
    }
  }

  /// The newest term that this member has heard of.
  ///
  /// @throws IOException if the group is not there yet
  long term() throws IOException {
    return server.getDivision(group).getInfo().getCurrentTerm();
  }
}
