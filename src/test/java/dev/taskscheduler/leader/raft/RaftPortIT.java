package dev.taskscheduler.leader.raft;

import static dev.taskscheduler.leader.raft.PortCalls.SELF;
import static dev.taskscheduler.leader.raft.PortCalls.alone;
import static dev.taskscheduler.leader.raft.PortCalls.append;
import static dev.taskscheduler.leader.raft.PortCalls.ask;
import static dev.taskscheduler.leader.raft.PortCalls.from;
import static dev.taskscheduler.leader.raft.PortCalls.snapshot;
import static dev.taskscheduler.leader.raft.PortCalls.term;
import static dev.taskscheduler.leader.raft.PortCalls.vote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.SetConfigurationRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.RaftProtos.TransferLeadershipRequestProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls of an attacker who speaks Ratis's protocol to a member that asks for no proof.
/// [RaftProofIT] has the checks that proof adds.
@Timeout(60)
class RaftPortIT extends OneMember {
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
