package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.LogLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Bad days: each ends in a clear message or in a quiet recovery.
@Timeout(60)
class RaftFaultsIT {
  private static void refused(RaftPeers peers, int index, RaftConfig config, String... parts) {
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> peers.start(index, config));
    for (String part : parts) {
      assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }
  }

  private static RaftConfig ofGroup(RaftConfig config, String group) {
    return new RaftConfig(
        group,
        config.bind(),
        config.dataDir(),
        config.listed(),
        config.bootstrap(),
        config.electionMin(),
        config.electionMax(),
        config.protection());
  }

  @Test
  void an_address_that_is_taken_is_named() throws IOException {
    try (RaftPeers peers = new RaftPeers(1);
        ServerSocket taken =
            new ServerSocket(
                peers.nodes().getFirst().port(), 1, InetAddress.getLoopbackAddress())) {
      refused(peers, 0, peers.config(0), "RAFT_BIND_ADDR 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    try (RaftPeers peers = new RaftPeers(1)) {
      Files.writeString(peers.directory(0), "a file");
      refused(peers, 0, peers.config(0), "RAFT_DATA_DIR " + peers.directory(0), "cannot be used");
    }
  }

  @Test
  void a_directory_is_held_by_one_process_of_one_node_of_one_cluster() {
    try (RaftPeers peers = new RaftPeers(2)) {
      RaftConfig first = peers.config(0, List.of(), RaftConfig.Bootstrap.AUTO);
      peers.start(0, first);
      peers.awaitNominee();
      RaftConfig second =
          new RaftConfig(
              "test",
              peers.nodes().get(1),
              peers.directory(0),
              List.of(),
              RaftConfig.Bootstrap.AUTO,
              first.electionMin(),
              first.electionMax(),
              first.protection());
      refused(peers, 1, second, "in use by another process");
      peers.stop(0);
      refused(peers, 1, second, "belongs to node n0", "NODE_ID is n1");
      refused(peers, 0, ofGroup(first, "another"), "another cluster", "another");
    }
  }

  private static Path log(RaftPeers peers, int index) throws IOException {
    try (Stream<Path> files = Files.list(peers.data(index).resolve("current"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_"))
          .max(java.util.Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }

  private static void comesBack(RaftPeers peers, int index) {
    RaftPeers.Peer back = peers.start(index);
    int leader = peers.awaitNominee();
    Eventually.await("it is back", back.election::joined);
    peers.awaitFollows(index, leader);
    peers.stop(3 - leader - index); // now every vote of the two is needed
    peers.transferFrom(leader);
  }

  @Test
  void a_torn_log_is_set_aside_and_the_peer_comes_back() throws IOException {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int follower = peers.otherThan(peers.awaitNominee());
      peers.peer(follower).election.close();
      byte[] garbage = new byte[300];
      java.util.Arrays.fill(garbage, (byte) 0x5a);
      Path log = Files.list(peers.data(follower).resolve("current")).findFirst().orElseThrow();
      Files.write(log(peers, follower), garbage);
      assertTrue(Files.exists(log));
      comesBack(peers, follower);
    }
  }

  @Test
  void a_log_without_its_votes_is_set_aside_and_the_peer_comes_back() throws IOException {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int follower = peers.otherThan(peers.awaitNominee());
      peers.stop(follower);
      Files.write(peers.data(follower).resolve("current").resolve("raft-meta"), new byte[0]);
      Files.write(
          peers.data(follower).resolve("current").resolve("log_inprogress_900"), new byte[3]);
      comesBack(peers, follower);
    }
  }

  @Test
  void two_wiped_of_three_make_a_group_with_the_third() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int leader = peers.awaitNominee();
      for (int i = 0; i < 4; i++) {
        leader = peers.transferFrom(leader);
      }
      int keeper = leader;
      int first = peers.otherThan(keeper);
      int second = 3 - keeper - first;
      for (int wiped : List.of(first, second)) {
        peers.stop(wiped);
        peers.wipe(wiped);
      }
      peers.start(first);
      peers.start(second);
      Eventually.await(
          "a leader whom two agree on",
          () -> peers.nominees().size() == 1 && peers.peer(peers.nominees().getFirst()).term() > 0);
      // If it was not the one that kept its data which leads, the log asks to empty that one.
      if (peers.awaitNominee() != keeper) {
        peers.stop(keeper);
        peers.wipe(keeper);
      }
      peers.stop(keeper);
      comesBack(peers, keeper);
    }
  }

  @Test
  void a_newcomer_is_taken_in_by_a_leader_that_lists_it() {
    try (LogLines log = new LogLines("dev.taskscheduler.leader.raft");
        RaftPeers peers = new RaftPeers(3)) {
      List<RaftNode> two = peers.nodes().subList(0, 2);
      peers.start(0, peers.config(0, two, RaftConfig.Bootstrap.TRUE));
      peers.start(1, peers.config(1, two, RaftConfig.Bootstrap.AUTO));
      peers.awaitNominee();
      RaftPeers.Peer newcomer =
          peers.start(2, peers.config(2, peers.nodes(), RaftConfig.Bootstrap.FALSE));
      ElectionStatus waits = newcomer.election.status().orElseThrow();
      assertTrue(waits.problem().orElseThrow().contains("takes it in"));
      assertEquals(List.of(), waits.peers());
      for (int i : List.of(0, 1)) {
        peers.stop(i);
        peers.start(i);
      }
      Eventually.await(
          "it is a member", () -> newcomer.election.status().orElseThrow().peers().size() == 3);
      Eventually.await( // until then both of the earlier members are needed
          "the change is settled",
          () -> !log.at(Level.INFO, "accepted change=newcomer n2").isEmpty());
      int leader = peers.awaitNominee();
      peers.awaitFollows(2, leader);
      peers.stop(leader == 0 ? 1 : 0);
      peers.transferFrom(leader);
    }
  }

  @Test
  void a_member_that_was_wiped_and_set_to_wait_is_brought_back() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int leader = peers.awaitNominee();
      int wiped = peers.otherThan(leader);
      peers.stop(wiped);
      peers.wipe(wiped);
      RaftPeers.Peer back =
          peers.start(wiped, peers.config(wiped, peers.nodes(), RaftConfig.Bootstrap.FALSE));
      Eventually.await(
          "it is a member", () -> back.election.status().orElseThrow().peers().size() == 3);
      peers.stop(3 - leader - wiped);
      peers.transferFrom(leader);
    }
  }

  @Test
  void a_peer_whose_name_does_not_resolve_keeps_nobody_from_electing() {
    try (RaftPeers peers = new RaftPeers(3)) {
      List<RaftNode> nodes = new ArrayList<>(peers.nodes().subList(0, 2));
      nodes.add(new RaftNode("n2", "no-such-host.invalid", 9000));
      peers.start(0, peers.config(0, nodes, RaftConfig.Bootstrap.AUTO));
      peers.start(1, peers.config(1, nodes, RaftConfig.Bootstrap.AUTO));
      int leader = peers.awaitNominee();
      Eventually.await(
          "it says who is away",
          () ->
              peers.peer(leader).election.status().orElseThrow().peers().stream()
                  .anyMatch(peer -> peer.id().equals("n2") && !peer.reachable()));
    }
  }

  @Test
  void a_minority_reports_the_number_that_it_reaches() {
    try (RaftPeers peers = new RaftPeers(3)) {
      RaftPeers.Peer alone = peers.start(0);
      Eventually.await(
          "it says so",
          () ->
              alone
                  .election
                  .status()
                  .orElseThrow()
                  .problem()
                  .orElse("")
                  .contains("reaches 1 of 3"));
    }
  }
}
