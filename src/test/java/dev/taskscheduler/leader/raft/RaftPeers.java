package dev.taskscheduler.leader.raft;

import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.LeaderElection;
import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Several peers of one Raft group in one process, each with a folder of its own.
final class RaftPeers implements AutoCloseable {
  /// A peer that runs, and the last event of its elector.
  static final class Peer implements LeaderElection.Nominations {
    final RatisElection election;
    final AtomicInteger transferred = new AtomicInteger();
    final AtomicInteger notTransferred = new AtomicInteger();
    volatile boolean nominated;

    private Peer(RaftConfig config) {
      RaftListener listener =
          new RaftListener() {
            @Override
            public void elected() {}

            @Override
            public void transferred(boolean done) {
              (done ? transferred : notTransferred).incrementAndGet();
            }
          };
      election = new RatisElection(config, listener);
    }

    @Override
    public void nominated() {
      nominated = true;
    }

    @Override
    public void withdrawn() {
      nominated = false;
    }

    @Override
    public void hint() {}

    long term() {
      return election.status().orElseThrow().term();
    }
  }

  final Path folder;
  private RaftProtection protection = new RaftProtection.None();
  private final List<RaftNode> nodes = new ArrayList<>();
  private final TreeMap<Integer, Peer> running = new TreeMap<>();

  RaftPeers(int size) {
    try {
      folder = Files.createTempDirectory("raft-test");
      List<ServerSocket> held = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        nodes.add(new RaftNode("n" + i, "127.0.0.1", socket.getLocalPort()));
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The configuration of one peer, with all as members.
  RaftConfig config(int index) {
    return config(index, nodes, RaftConfig.Bootstrap.AUTO);
  }

  RaftConfig config(int index, List<RaftNode> members, RaftConfig.Bootstrap bootstrap) {
    return new RaftConfig(
        "test",
        nodes.get(index),
        directory(index),
        members,
        bootstrap,
        Duration.ofMillis(200),
        Duration.ofMillis(400),
        protection);
  }

  /// Says how those that are started from now on prove who they are.
  RaftPeers protect(RaftProtection by) {
    protection = by;
    return this;
  }

  List<RaftNode> nodes() {
    return List.copyOf(nodes);
  }

  Path directory(int index) {
    return folder.resolve("n" + index);
  }

  /// Where Ratis keeps the group's files of one peer.
  Path data(int index) {
    return directory(index).resolve(config(index).groupId().toString());
  }

  RaftPeers startAll() {
    for (int i = 0; i < nodes.size(); i++) {
      start(i);
    }
    return this;
  }

  Peer start(int index) {
    return start(index, config(index));
  }

  Peer start(int index, RaftConfig config) {
    Peer peer = new Peer(config);
    try {
      peer.election.start(peer);
    } catch (RuntimeException e) {
      peer.election.close();
      throw e;
    }
    running.put(index, peer);
    return peer;
  }

  void stop(int index) {
    Peer peer = running.remove(index);
    if (peer != null) {
      peer.election.close();
    }
  }

  Peer peer(int index) {
    return running.get(index);
  }

  /// Waits until one peer is nominated.
  int awaitNominee() {
    return awaitNomineeOtherThan(-1);
  }

  /// Waits until one peer is nominated, and it is not this one.
  int awaitNomineeOtherThan(int index) {
    return awaitOther(index, () -> {});
  }

  /// Transfers leadership, again where that fails, and waits until another than this one has it.
  int transferFrom(int index) {
    return awaitOther(index, () -> peer(index).election.transfer());
  }

  static boolean allReachable(Peer peer) {
    ElectionStatus status = peer.election.status().orElseThrow();
    return status.peers().stream().allMatch(ElectionStatus.Peer::reachable);
  }

  /// Waits until a member follows the leader: one that is behind cannot be elected where the third
  /// is stopped.
  void awaitFollows(int member, int leader) {
    Eventually.await(
        "n" + member + " follows n" + leader,
        () ->
            allReachable(peer(leader))
                && allReachable(peer(member))
                && peer(member).term() == peer(leader).term());
  }

  private int awaitOther(int index, Runnable meanwhile) {
    AtomicInteger found = new AtomicInteger();
    Eventually.await(
        "another than n" + index + " is nominated",
        () -> {
          meanwhile.run();
          List<Integer> now = nominees(); // once: it changes under our hands
          now.forEach(found::set);
          return now.size() == 1 && now.getFirst() != index;
        });
    return found.get();
  }

  List<Integer> nominees() {
    return running.entrySet().stream()
        .filter(peer -> peer.getValue().nominated)
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  int otherThan(int index) {
    return running.keySet().stream().filter(i -> i != index).findFirst().orElseThrow();
  }

  void wipe(int index) {
    delete(directory(index));
  }

  static void delete(Path path) {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::stop);
    delete(folder);
  }
}
