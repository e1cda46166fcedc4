package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;

/// One running Ratis server with its one group, called only inside this process. Safe for use by
/// several threads.
final class RaftMember implements AutoCloseable {
  private final RaftGroupId groupId;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();

  private RaftMember(RaftGroupId groupId, RaftServer server, RaftServer.Division division) {
    this.groupId = groupId;
    this.server = server;
    this.division = division;
  }

  /// Starts a member; what its directory holds wins over `nodes`.
  ///
  /// @param nodes whom it knows where there is no data; none to wait until it is taken in
  static RaftMember start(RaftConfig config, List<RaftNode> nodes, Consumer<RaftEvent> events)
      throws IOException {
    RaftGroupId groupId = RaftGroupId.valueOf(config.groupId());
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(config.node()))
            .setGroup(RaftGroup.valueOf(groupId, nodes.stream().map(RaftMember::peer).toList()))
            .setOption(RaftStorage.StartupOption.RECOVER)
            .setProperties(RatisProperties.of(config))
            .setParameters(ElectionRpc.parameters(config, PeerProof.of(config)))
            .setStateMachine(new ElectionStateMachine(events))
            .build();
    try {
      server.start();
      return new RaftMember(groupId, server, server.getDivision(groupId));
    } catch (IOException | RuntimeException e) { // what it meets on the disk comes as either
      server.close();
      throw new IOException(rootMessage(e), e);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString();
  }

  private static RaftPeer peer(RaftNode node) {
    // All of one priority: else the highest takes leadership back, and cannot hand it down.
    return RaftPeer.newBuilder().setId(node.id()).setAddress(node.address()).build();
  }

  private DivisionInfo info() {
    return division.getInfo();
  }

  boolean running() {
    return server.getLifeCycleState() == LifeCycle.State.RUNNING && info().isAlive();
  }

  /// Whether Ratis says that this member leads and has applied all that went before.
  boolean ready() {
    return running() && info().isLeaderReady();
  }

  /// The newest term that this member has heard of.
  long term() {
    return info().getCurrentTerm();
  }

  /// Who leads the group as this member knows; empty while it knows of nobody.
  Optional<String> leader() {
    return Optional.ofNullable(info().getLeaderId()).map(RaftPeerId::toString);
  }

  /// Whether this member's log is empty: its vote does not count for one whose log is not.
  boolean empty() {
    return division.getRaftLog().getLastEntryTermIndex() == null
        && info().getLastAppliedIndex() < 0;
  }

  /// Whether all that it knows to be committed is applied, and that is something.
  boolean caughtUp() {
    long applied = info().getLastAppliedIndex();
    return applied >= 0 && applied >= division.getRaftLog().getLastCommittedIndex();
  }

  /// The members as the group itself has them on record.
  Collection<RaftPeer> members() {
    return division.getRaftConf().getCurrentPeers();
  }

  /// How long ago each member that this one talks to has answered: all of them on the leader, the
  /// leader on any other.
  Map<String, Duration> answered() {
    RoleInfoProto role = info().getRoleInfoProto();
    List<ServerRpcProto> contacts = new ArrayList<>();
    if (role.hasLeaderInfo()) {
      contacts.addAll(role.getLeaderInfo().getFollowerInfoList());
    } else if (role.hasFollowerInfo() && role.getFollowerInfo().hasLeaderInfo()) {
      contacts.add(role.getFollowerInfo().getLeaderInfo());
    }
    Map<String, Duration> ages = new HashMap<>();
    for (ServerRpcProto contact : contacts) {
      ages.put(
          contact.getId().getId().toStringUtf8(),
          Duration.ofMillis(contact.getLastRpcElapsedTimeMs()));
    }
    return ages;
  }

  /// How far each follower's log agrees with this leader's; empty on any other member.
  Map<String, Long> progress() {
    long[] matched = info().getFollowerMatchIndices();
    List<ServerRpcProto> followers =
        info().getRoleInfoProto().getLeaderInfo().getFollowerInfoList(); // in the same order
    Map<String, Long> progress = new HashMap<>();
    if (matched != null && matched.length == followers.size()) {
      for (int i = 0; i < matched.length; i++) {
        progress.put(followers.get(i).getId().getId().toStringUtf8(), matched[i]);
      }
    }
    return progress;
  }

  /// Hands leadership to a follower; completes when that leads, or fails.
  CompletableFuture<RaftClientReply> transfer(String to, Duration limit) {
    return call(() ->
        server.transferLeadershipAsync(
            new TransferLeadershipRequest(
                client,
                server.getId(),
                groupId,
                calls.incrementAndGet(),
                RaftPeerId.valueOf(to),
                limit.toMillis())));
  }

  /// Makes a newcomer a member.
  CompletableFuture<RaftClientReply> takeIn(RaftNode newcomer) {
    return call(() ->
        server.setConfigurationAsync(
            new SetConfigurationRequest(
                client,
                server.getId(),
                groupId,
                calls.incrementAndGet(),
                SetConfigurationRequest.Arguments.newBuilder()
                    .setServersInNewConf(List.of(peer(newcomer)))
                    .setMode(SetConfigurationRequest.Mode.ADD)
                    .build())));
  }

  private interface Call {
    CompletableFuture<RaftClientReply> send() throws IOException;
  }

  /// Ratis fails in two ways, by the future and by a reply that bears an exception; here it is one.
  private static CompletableFuture<RaftClientReply> call(Call call) {
    try {
      return call.send()
          .thenCompose(reply ->
              reply.isSuccess()
                  ? CompletableFuture.completedFuture(reply)
                  : CompletableFuture.failedFuture(
                      reply.getException() == null
                          ? new IOException("refused")
                          : reply.getException()));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
