package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;

/// Calls to the Raft port of a member by somebody who speaks Ratis's protocol.
final class PortCalls {
  static final String SELF = "n0";

  private PortCalls() {}

  /// A member of three whose peers are not there.
  static RaftPeers alone() {
    RaftPeers peers = new RaftPeers(3);
    peers.start(0);
    return peers;
  }

  static RaftRpcRequestProto.Builder from(RaftPeers peers, String id) {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(ByteString.copyFromUtf8(id))
        .setReplyId(ByteString.copyFromUtf8(SELF))
        .setRaftGroupId(
            ProtoUtils.toRaftGroupIdProtoBuilder(RaftGroupId.valueOf(peers.config(0).groupId())))
        .setCallId(1);
  }

  static RaftNettyServerRequestProto vote(RaftRpcRequestProto.Builder from, long term) {
    return RaftNettyServerRequestProto.newBuilder()
        .setRequestVoteRequest(
            RequestVoteRequestProto.newBuilder().setServerRequest(from).setCandidateTerm(term))
        .build();
  }

  static RaftNettyServerRequestProto append(
      RaftRpcRequestProto.Builder from, long term, LogEntryProto... entries) {
    return RaftNettyServerRequestProto.newBuilder()
        .setAppendEntriesRequest(
            AppendEntriesRequestProto.newBuilder()
                .setServerRequest(from)
                .setLeaderTerm(term)
                .addAllEntries(List.of(entries)))
        .build();
  }

  static RaftNettyServerRequestProto snapshot(
      RaftRpcRequestProto.Builder from, String id, String file) {
    return RaftNettyServerRequestProto.newBuilder()
        .setInstallSnapshotRequest(
            InstallSnapshotRequestProto.newBuilder()
                .setServerRequest(from)
                .setLeaderTerm(5)
                .setSnapshotChunk(
                    SnapshotChunkProto.newBuilder()
                        .setRequestId(id)
                        .setTermIndex(TermIndexProto.newBuilder().setTerm(5).setIndex(50))
                        .addFileChunks(
                            FileChunkProto.newBuilder()
                                .setFilename(file)
                                .setTotalSize(3)
                                .setData(ByteString.copyFromUtf8("bad")))
                        .setTotalSize(3)))
        .build();
  }

  static Socket connect(RaftPeers peers) throws IOException {
    RaftNode node = peers.nodes().getFirst();
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /// The answer to one call, framed as Ratis frames it; empty if the connection is closed.
  static List<RaftNettyServerReplyProto> ask(RaftPeers peers, RaftNettyServerRequestProto call)
      throws IOException {
    try (Socket socket = connect(peers)) {
      call.writeDelimitedTo(socket.getOutputStream());
      RaftNettyServerReplyProto reply =
          RaftNettyServerReplyProto.parseDelimitedFrom(socket.getInputStream());
      return reply == null ? List.of() : List.of(reply);
    } catch (java.net.SocketException e) {
      return List.of(); // reset
    }
  }

  static long term(RaftPeers peers) {
    return peers.peer(0).term();
  }
}
