package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real Ratis servers that talk over loopback.
@Timeout(60)
class RatisElectionIT {
  @Test
  void one_of_three_is_nominated_and_all_reach_each_other() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      peers.awaitNominee();
      for (int i = 0; i < 3; i++) {
        RaftPeers.Peer peer = peers.peer(i);
        Eventually.await("all reachable", () -> RaftPeers.allReachable(peer));
        assertEquals(3, peer.election.status().orElseThrow().peers().size());
      }
    }
  }

  @Test
  void a_transfer_brings_another_and_a_newer_term() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int first = peers.awaitNominee();
      long term = peers.peer(first).term();
      int second = peers.transferFrom(first);
      assertTrue(peers.peer(second).term() > term);
      peers.transferFrom(second);
      RaftPeers.Peer from = peers.peer(first);
      Eventually.await( // a slow machine may time one out, and Ratis transfers all the same
          "the transfer is reported",
          () -> from.transferred.get() == 1 || from.notTransferred.get() > 0);
      assertTrue(from.transferred.get() <= 1, "one transfer is reported once");
    }
  }

  @Test
  void a_leader_that_stops_is_succeeded_and_comes_back_with_its_data() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int first = peers.awaitNominee();
      peers.stop(first);
      int second = peers.awaitNomineeOtherThan(first);
      long term = peers.peer(second).term();
      peers.start(first);
      Eventually.await("it is back", () -> RaftPeers.allReachable(peers.peer(second)));
      assertEquals(List.of(second), peers.nominees(), "a peer that comes back disturbs nobody");
      assertEquals(term, peers.peer(second).term());
    }
  }

  private static long files(Path folder, String prefix) {
    AtomicLong found = new AtomicLong();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.getFileName().toString().startsWith(prefix)) {
                found.incrementAndGet();
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) { // Ratis renames what it has written
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return found.get();
  }

  @Test
  void the_log_stays_small_and_a_wiped_peer_is_brought_back_by_snapshot() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int leader = peers.awaitNominee();
      for (int i = 0; i < 60; i++) {
        leader = peers.transferFrom(leader);
      }
      int keeper = leader;
      Eventually.await("a snapshot", () -> files(peers.data(keeper), "snapshot.") > 0);
      for (int i = 0; i < 3; i++) {
        assertTrue(files(peers.data(i), "log_") < 60, "no log grows for ever");
      }
      int wiped = peers.otherThan(leader);
      peers.stop(wiped);
      peers.wipe(wiped);
      peers.start(wiped);
      Eventually.await(
          "it was brought back by snapshot", () -> files(peers.data(wiped), "snapshot.") > 0);
      peers.awaitFollows(wiped, keeper);
      peers.stop(3 - keeper - wiped);
      assertEquals(wiped, peers.transferFrom(keeper), "it is a full member again");
    }
  }

  @Test
  void two_need_each_other() {
    try (RaftPeers peers = new RaftPeers(2).startAll()) {
      int leader = peers.awaitNominee();
      int other = peers.otherThan(leader);
      peers.stop(other);
      Eventually.await("nobody is nominated", () -> peers.nominees().isEmpty());
      peers.start(other);
      peers.awaitNominee();
    }
  }

  @Test
  void one_alone_is_nominated_and_again_after_a_restart() {
    try (RaftPeers peers = new RaftPeers(1).startAll()) {
      peers.awaitNominee();
      long term = peers.peer(0).term();
      peers.stop(0);
      peers.start(0);
      peers.awaitNominee();
      assertTrue(peers.peer(0).term() > term);
    }
  }
}
