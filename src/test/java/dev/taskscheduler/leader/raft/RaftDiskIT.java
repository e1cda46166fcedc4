package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Members whose real, small disk is full, and whose directory goes while they run.
@Timeout(60)
class RaftDiskIT {
  @Test
  void a_start_on_a_full_disk_fails_and_leaves_sound_data_as_it_was() throws IOException {
    try (RaftPeers peers = new RaftPeers(1);
        Disk disk = new Disk(peers.folder)) {
      peers.start(0);
      peers.awaitNominee();
      peers.stop(0);
      byte[] votes = Files.readAllBytes(peers.data(0).resolve("current").resolve("raft-meta"));
      disk.fill();
      IllegalStateException refusal =
          assertThrows(IllegalStateException.class, () -> peers.start(0));
      assertTrue(
          refusal.getMessage().contains("cannot be written: No space left"), refusal.getMessage());
      assertEquals(List.of(), setAside(peers.directory(0)));
      assertArrayEquals(
          votes, Files.readAllBytes(peers.data(0).resolve("current").resolve("raft-meta")));
      disk.free();
      peers.start(0);
      peers.awaitNominee();
      assertEquals(List.of(), setAside(peers.directory(0)));
    }
  }

  private static List<Path> setAside(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith("set-aside")).toList();
    }
  }

  @Test
  void three_on_one_full_disk_say_so_and_elect_again_once_it_is_freed() throws IOException {
    try (RaftPeers peers = new RaftPeers(3);
        Disk disk = new Disk(peers.folder)) {
      peers.startAll();
      int leader = peers.awaitNominee();
      disk.fill();
      // Whoever asks for votes now, and who gives one, has to write them down.
      Eventually.await(
          "nobody leads",
          () -> {
            peers.peer(leader).election.transfer();
            return peers.nominees().isEmpty();
          });
      for (int i = 0; i < 3; i++) {
        RaftPeers.Peer peer = peers.peer(i);
        Eventually.await("it says why", () -> problem(peer).contains("No space left"));
      }
      disk.free();
      int next = peers.awaitNominee();
      peers.transferFrom(next);
      for (int i = 0; i < 3; i++) {
        RaftPeers.Peer peer = peers.peer(i);
        Eventually.await("it is well", () -> problem(peer).isEmpty());
      }
    }
  }

  @Test
  void a_member_whose_directory_goes_while_it_runs_takes_part_again() {
    try (RaftPeers peers = new RaftPeers(3).startAll()) {
      int leader = peers.awaitNominee();
      int follower = peers.otherThan(leader);
      peers.wipe(follower);
      Eventually.await("it has data", () -> Files.exists(peers.data(follower).resolve("current")));
      Eventually.await("it is well", () -> problem(peers.peer(follower)).isEmpty());
      int third = 3 - leader - follower;
      Eventually.await(
          "it follows", // by what the leader knows: only then does its vote count
          () -> Files.exists(peers.data(follower).resolve("current").resolve("log_inprogress_0")));
      peers.stop(third); // now every vote of the two is needed
      peers.transferFrom(leader);
    }
  }

  private static String problem(RaftPeers.Peer peer) {
    return peer.election.status().orElseThrow().problem().orElse("");
  }

  private static final class Disk implements AutoCloseable {
    private static final int ROOM = 8 * 1024 * 1024;

    private final Path folder;

    Disk(Path folder) throws IOException {
      this.folder = folder;
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=" + ROOM, "tmpfs", folder.toString()),
          "only root can mount a small disk");
    }

    void fill() throws IOException {
      byte[] block = new byte[4096];
      try (OutputStream out = Files.newOutputStream(folder.resolve("filler"))) {
        for (int i = 0; i <= ROOM / block.length; i++) {
          out.write(block);
        }
        throw new AssertionError("never full");
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("No space"), e::toString);
      }
    }

    void free() throws IOException {
      Files.delete(folder.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
      run("umount", "-l", folder.toString());
    }

    private static boolean run(String... command) throws IOException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.onExit().orTimeout(10, TimeUnit.SECONDS).join().exitValue() == 0;
    }
  }
}
