package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;

/// The network of a Raft member, in place of Ratis's Netty transport. It sends the same messages,
/// but only to and from members, and only the four calls that members make
/// ([docs/adr/0010](../../../../../../../docs/adr/0010-a-raft-port-of-our-own.md)).
final class RaftPort implements RaftServerRpc {
  private final IncomingCalls incoming;
  private final OutgoingCalls outgoing;

  RaftPort(RaftConfig config, PeerProof proof, RaftServer server) {
    PeerDirectory membership = new PeerDirectory(config, server);
    CallRules rules = new CallRules(membership);
    MemberAddresses addresses = new MemberAddresses();
    this.outgoing = new OutgoingCalls(membership, addresses, proof, rules);
    this.incoming = new IncomingCalls(config.bind(), membership, addresses, proof, rules, server);
  }

  @Override
  public void start() throws IOException {
    incoming.start();
  }

  @Override
  public void close() {
    incoming.close();
    outgoing.close();
  }

  @Override
  public InetSocketAddress getInetSocketAddress() {
    return incoming.address();
  }

  @Override
  public SupportedRpcType getRpcType() {
    return SupportedRpcType.NETTY;
  }

  /// [PeerDirectory] knows them.
  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {}

  @Override
  public void handleException(RaftPeerId peer, Exception e, boolean reconnect) {
    if (reconnect) {
      outgoing.drop(peer.toString());
    }
  }

  private RaftNettyServerReplyProto call(RaftNettyServerRequestProto.Builder request)
      throws IOException {
    RaftNettyServerRequestProto call = request.build();
    RaftRpcRequestProto header = CallRules.header(call);
    return outgoing.call(header.getReplyId().toStringUtf8(), header.getTimeoutMs(), call);
  }

  private static RaftNettyServerRequestProto.Builder request() {
    return RaftNettyServerRequestProto.newBuilder();
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    return call(request().setRequestVoteRequest(request)).getRequestVoteReply();
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    return call(request().setAppendEntriesRequest(request)).getAppendEntriesReply();
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    return call(request().setInstallSnapshotRequest(request)).getInstallSnapshotReply();
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return call(request().setStartLeaderElectionRequest(request)).getStartLeaderElectionReply();
  }
}
