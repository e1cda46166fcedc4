package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.SetConfigurationRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.RaftProtos.TransferLeadershipRequestProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyExceptionReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What an attacker reaches who speaks Ratis's protocol to a member that asks for no proof: all
/// that is checked besides. [RaftProofIT] has what proof adds.
@Timeout(60)
class RaftPortIT {
  private static final String SELF = "n0";

  /// A member of three whose peers are not there: the attacker says that it is one of them.
  private static RaftPeers shared;

  private static RaftPeers alone() {
    RaftPeers peers = new RaftPeers(3);
    peers.start(0);
    return peers;
  }

  @BeforeAll
  static void start() {
    shared = alone();
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  private static RaftRpcRequestProto.Builder from(RaftPeers peers, String id) {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(ByteString.copyFromUtf8(id))
        .setReplyId(ByteString.copyFromUtf8(SELF))
        .setRaftGroupId(
            ProtoUtils.toRaftGroupIdProtoBuilder(RaftGroupId.valueOf(peers.config(0).groupId())))
        .setCallId(1);
  }

  private static RaftNettyServerRequestProto vote(RaftRpcRequestProto.Builder from, long term) {
    return RaftNettyServerRequestProto.newBuilder()
        .setRequestVoteRequest(
            RequestVoteRequestProto.newBuilder().setServerRequest(from).setCandidateTerm(term))
        .build();
  }

  private static RaftNettyServerRequestProto append(
      RaftRpcRequestProto.Builder from, long term, LogEntryProto... entries) {
    return RaftNettyServerRequestProto.newBuilder()
        .setAppendEntriesRequest(
            AppendEntriesRequestProto.newBuilder()
                .setServerRequest(from)
                .setLeaderTerm(term)
                .addAllEntries(List.of(entries)))
        .build();
  }

  private static RaftNettyServerRequestProto snapshot(
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

  private static Socket connect(RaftPeers peers) throws IOException {
    RaftNode node = peers.nodes().getFirst();
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /// What is answered to one call, framed as Ratis frames it; empty if the connection is closed.
  private static List<RaftNettyServerReplyProto> ask(
      RaftPeers peers, RaftNettyServerRequestProto call) throws IOException {
    try (Socket socket = connect(peers)) {
      call.writeDelimitedTo(socket.getOutputStream());
      RaftNettyServerReplyProto reply =
          RaftNettyServerReplyProto.parseDelimitedFrom(socket.getInputStream());
      return reply == null ? List.of() : List.of(reply);
    } catch (java.net.SocketException e) {
      return List.of(); // reset
    }
  }

  private static long term(RaftPeers peers) {
    return peers.peer(0).term();
  }

  @Test
  void a_member_is_answered_and_terms_within_the_bound_are_followed() throws IOException {
    try (RaftPeers peers = alone()) {
      long term = CallRules.MOST_TERMS_AHEAD;
      var reply = ask(peers, vote(from(peers, "n1"), term)).getFirst().getRequestVoteReply();
      assertTrue(reply.getServerReply().getSuccess());
      assertEquals(term, reply.getTerm());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 1L << 40, -1})
  void a_term_far_ahead_ends_no_leadership(long term) throws IOException {
    RaftPeers peers = shared;
    RaftRpcRequestProto.Builder n1 = from(peers, "n1");
    assertEquals(List.of(), ask(peers, vote(n1, term)));
    assertEquals(List.of(), ask(peers, append(n1, term)));
    assertTrue(term(peers) < 1_000, () -> "term=" + term(peers));
    assertEquals(1, ask(peers, vote(n1, term(peers) + 1)).size());
  }

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

  static List<String> ids_that_lead_out() {
    return List.of("x/../../../../escaped", "..", "a\\b", "/escaped", "x", "");
  }

  @ParameterizedTest
  @MethodSource("ids_that_lead_out")
  void a_snapshot_is_written_nowhere_else(String id) throws IOException {
    RaftPeers peers = shared;
    long before = files(peers.folder);
    RaftRpcRequestProto.Builder n1 = from(peers, "n1");
    assertEquals(List.of(), ask(peers, snapshot(n1, id, "sm/snapshot.5_50")));
    String good = "01234567-89ab-cdef-0123-456789abcdef";
    assertEquals(List.of(), ask(peers, snapshot(n1, good, "sm/../../" + id)));
    assertEquals(List.of(), ask(peers, snapshot(n1, good, id)));
    assertEquals(before, files(peers.folder));
  }

  private static long files(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().contains("snapshot") || file.toString().contains("esc"))
          .count();
    }
  }

  @Test
  void clients_calls_are_refused() throws IOException {
    RaftPeers peers = shared;
    RaftRpcRequestProto.Builder n1 = from(peers, "n1");
    RaftPeerProto forged =
        RaftPeerProto.newBuilder()
            .setId(ByteString.copyFromUtf8("n1"))
            .setAddress("127.0.0.9:1")
            .build();
    for (RaftNettyServerRequestProto.Builder call :
        List.of(
            RaftNettyServerRequestProto.newBuilder()
                .setTransferLeadershipRequest(
                    TransferLeadershipRequestProto.newBuilder().setRpcRequest(n1)),
            RaftNettyServerRequestProto.newBuilder()
                .setSetConfigurationRequest(
                    SetConfigurationRequestProto.newBuilder().setRpcRequest(n1).addPeers(forged)),
            RaftNettyServerRequestProto.newBuilder()
                .setRaftClientRequest(RaftClientRequestProto.newBuilder().setRpcRequest(n1)),
            RaftNettyServerRequestProto.newBuilder())) {
      assertEquals(List.of(), ask(peers, call.build()));
    }
  }

  @Test
  void only_members_are_heard() throws IOException {
    RaftPeers peers = shared;
    for (String stranger : List.of("n9", SELF, "", "../n1", "n".repeat(65))) {
      assertEquals(List.of(), ask(peers, vote(from(peers, stranger), 1)));
    }
    RaftRpcRequestProto.Builder other = from(peers, "n1");
    assertEquals(List.of(), ask(peers, vote(other.setReplyId(ByteString.copyFromUtf8("n2")), 1)));
    assertEquals(
        List.of(),
        ask(
            peers,
            vote(
                from(peers, "n1")
                    .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(RaftGroupId.randomId())),
                1)));
    assertEquals(List.of(), ask(peers, vote(from(peers, "n1").setCallId(-1), 1)));
  }

  @Test
  void malformed_addresses_and_later_entries_are_refused() throws IOException {
    RaftPeers peers = shared;
    for (String address : List.of("no port", "host:99999", "http://a:1", "")) {
      LogEntryProto entry =
          LogEntryProto.newBuilder()
              .setTerm(3)
              .setConfigurationEntry(
                  RaftConfigurationProto.newBuilder()
                      .addPeers(
                          RaftPeerProto.newBuilder()
                              .setId(ByteString.copyFromUtf8("n1"))
                              .setAddress(address)))
              .build();
      assertEquals(List.of(), ask(peers, append(from(peers, "n1"), 3, entry)));
    }
    LogEntryProto later = LogEntryProto.newBuilder().setTerm(Long.MAX_VALUE).build();
    assertEquals(List.of(), ask(peers, append(from(peers, "n1"), 3, later)));
    assertTrue(term(peers) < 1_000, () -> "term=" + term(peers));
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
  void connections_that_say_nothing_keep_nobody_out() throws IOException {
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

  @Test
  void nobody_but_a_leader_starts_an_election() throws IOException {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int leader = peers.awaitNominee();
      if (leader == 0) {
        leader = peers.transferFrom(0);
      }
      String follower = "n" + (3 - leader);
      long term = term(peers);
      var call =
          RaftNettyServerRequestProto.newBuilder()
              .setStartLeaderElectionRequest(
                  StartLeaderElectionRequestProto.newBuilder()
                      .setServerRequest(from(peers, follower))
                      .setLeaderLastEntry(TermIndexProto.newBuilder().setTerm(term).setIndex(0)))
              .build();
      assertFalse(
          ask(peers, call).stream()
              .anyMatch(
                  reply -> reply.getStartLeaderElectionReply().getServerReply().getSuccess()));
      assertEquals(List.of(leader), peers.nominees());
      assertNotEquals(0, leader);
    }
  }
}
