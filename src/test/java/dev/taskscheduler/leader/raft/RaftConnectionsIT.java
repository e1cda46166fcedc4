package dev.taskscheduler.leader.raft;

import static dev.taskscheduler.leader.raft.PortCalls.alone;
import static dev.taskscheduler.leader.raft.PortCalls.append;
import static dev.taskscheduler.leader.raft.PortCalls.ask;
import static dev.taskscheduler.leader.raft.PortCalls.connect;
import static dev.taskscheduler.leader.raft.PortCalls.from;
import static dev.taskscheduler.leader.raft.PortCalls.term;
import static dev.taskscheduler.leader.raft.PortCalls.vote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyExceptionReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections and answers of an attacker who speaks Ratis's protocol: false addresses and answers,
/// frames without an end, connections without a call.
@Timeout(60)
class RaftConnectionsIT extends OneMember {
  @Test
  void a_term_far_ahead_in_an_answer_ends_no_leadership() throws Exception {
    try (RaftPeers peers = new RaftPeers(3);
        ServerSocket liar =
            new ServerSocket(peers.nodes().get(1).port(), 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> asked = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> lie(liar, asked));
      peers.start(0);
      assertTrue(asked.get(10, TimeUnit.SECONDS) > 0);
      Eventually.await("the member goes on", () -> peers.peer(0).election.status().isPresent());
      assertTrue(term(peers) < 1_000, () -> "term=" + term(peers));
    }
  }

  /// Answers each call with the last of all terms, and then with an object for Java.
  private static void lie(ServerSocket liar, CompletableFuture<Integer> asked) {
    for (int i = 0; ; i++) {
      try (Socket socket = liar.accept()) {
        var call = RaftNettyServerRequestProto.parseDelimitedFrom(socket.getInputStream());
        if (call == null) {
          continue; // only looked whether somebody is there
        }
        RaftRpcRequestProto asks = call.getRequestVoteRequest().getServerRequest();
        RaftRpcReplyProto.Builder header =
            RaftRpcReplyProto.newBuilder()
                .setRequestorId(asks.getRequestorId())
                .setReplyId(asks.getReplyId())
                .setRaftGroupId(asks.getRaftGroupId())
                .setCallId(asks.getCallId());
        RaftNettyServerReplyProto.newBuilder()
            .setRequestVoteReply(
                RequestVoteReplyProto.newBuilder().setServerReply(header).setTerm(Long.MAX_VALUE))
            .build()
            .writeDelimitedTo(socket.getOutputStream());
        if (socket.getInputStream().read() < 0 && i > 1) {
          asked.complete(i);
        }
      } catch (IOException e) {
        if (liar.isClosed()) {
          return;
        }
      }
    }
  }

  /// What a listed member's address is, its own `RAFT_NODES` say; a group's record cannot move it.
  @Test
  void a_forged_address_of_a_listed_member_is_not_called() throws Exception {
    try (RaftPeers peers = alone();
        ServerSocket forged = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var members = RaftConfigurationProto.newBuilder();
      for (RaftNode node : peers.nodes()) {
        members.addPeers(
            RaftPeerProto.newBuilder()
                .setId(ByteString.copyFromUtf8(node.id()))
                .setAddress("127.0.0.1:" + forged.getLocalPort()));
      }
      LogEntryProto entry =
          LogEntryProto.newBuilder().setTerm(3).setConfigurationEntry(members).build();
      var reply = ask(peers, append(from(peers, "n1"), 3, entry)).getFirst();
      assertEquals(
          AppendEntriesReplyProto.AppendResult.SUCCESS, reply.getAppendEntriesReply().getResult());
      forged.setSoTimeout(1_500); // several elections
      assertThrows(java.net.SocketTimeoutException.class, forged::accept);
    }
  }

  @Test
  void a_huge_frame_takes_no_memory() throws IOException {
    RaftPeers peers = shared;
    try (Socket socket = connect(peers)) {
      // 418 MB announced: closed at once, whatever follows.
      socket.getOutputStream().write(new byte[] {(byte) 0x80, (byte) 0x8d, (byte) 0xa9, 0x47});
      assertEquals(-1, end(socket.getInputStream()));
      assertEquals(1, ask(peers, vote(from(peers, "n1"), term(peers) + 1)).size());
    }
  }

  private static int end(InputStream in) throws IOException {
    try {
      return in.read();
    } catch (java.net.SocketException e) {
      return -1; // reset
    }
  }

  @Test
  void silent_connections_keep_nobody_out() throws IOException {
    RaftPeers peers = shared;
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * IncomingConnections.MOST_UNPROVEN; i++) {
        silent.add(connect(peers));
      }
      assertEquals(1, ask(peers, vote(from(peers, "n1"), term(peers) + 1)).size());
      assertEquals(-1, end(silent.getFirst().getInputStream())); // the oldest is gone at once
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  /// Runs if it is read.
  static final class Gadget implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    static volatile boolean read;

    private void readObject(java.io.ObjectInputStream in) {
      read = true;
    }
  }

  @Test
  void an_object_in_an_answer_is_not_read() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Gadget());
    }
    try (RaftPeers peers = new RaftPeers(3);
        ServerSocket liar =
            new ServerSocket(peers.nodes().get(1).port(), 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Boolean> answered = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answer(liar, bytes.toByteArray(), answered));
      peers.start(0);
      assertTrue(answered.get(10, TimeUnit.SECONDS));
      assertFalse(Gadget.read);
    }
  }

  private static void answer(
      ServerSocket liar, byte[] object, CompletableFuture<Boolean> answered) {
    while (true) {
      try (Socket socket = liar.accept()) {
        for (int i = 0; i < 3; i++) { // the connection is used again: the text was taken as such
          var call = RaftNettyServerRequestProto.parseDelimitedFrom(socket.getInputStream());
          if (call == null) {
            break;
          }
          RaftNettyServerReplyProto.newBuilder()
              .setExceptionReply(
                  RaftNettyExceptionReplyProto.newBuilder()
                      .setException(ByteString.copyFrom(object)))
              .build()
              .writeDelimitedTo(socket.getOutputStream());
          if (i == 2) {
            answered.complete(true);
          }
        }
      } catch (IOException e) {
        if (liar.isClosed()) {
          return;
        }
      }
    }
  }
}
