package dev.taskscheduler.cluster;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.NetworkHost;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Three nodes in three processes over one real Redis.
final class Cluster implements AutoCloseable {
  private static final int SIZE = 3;

  final RedisServer redis;
  private final Path folder;
  private final Map<String, String> environment;
  private final List<Map<String, String>> own = new ArrayList<>();
  private final List<NetworkHost> hosts;
  private final List<Integer> raftPorts;
  private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
  private final List<Path> probes = new ArrayList<>();

  /// @param environment for every node, beside what it needs to run
  Cluster(Map<String, String> environment) {
    this(Collections.nCopies(SIZE, NetworkHost.HERE), NetworkHost.HERE, environment);
  }

  /// @param hosts of the three nodes
  Cluster(List<NetworkHost> hosts, NetworkHost redisHost, Map<String, String> environment) {
    this.hosts = List.copyOf(hosts);
    redis = new RedisServer(redisHost, "appendonly yes", "appendfsync always");
    this.environment = environment;
    raftPorts = freePorts();
    for (int i = 0; i < SIZE; i++) {
      own.add(Map.of());
    }
    try {
      folder = Files.createTempDirectory("cluster-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < SIZE; i++) {
      nodes.add(launch(i));
    }
    nodes.forEach(NodeProcess::awaitReady);
  }

  private NodeProcess launch(int index) {
    Path probe = folder.resolve("probe-" + probes.size());
    probes.add(probe);
    var env = new java.util.HashMap<>(Map.of("CONSENSUS_TYPE", "redis"));
    env.put("REDIS_ADDR", redis.address());
    env.put("RAFT_BIND_ADDR", hosts.get(index).address() + ":" + raftPorts.get(index));
    env.put("RAFT_DATA_DIR", folder.resolve("raft-" + index).toString());
    env.put("RAFT_NODES", raftNodes());
    env.put("RAFT_SECRET_FILE", secret().toString()); // as in Compose and Kubernetes
    env.putAll(environment);
    env.putAll(own.get(index));
    return new NodeProcess(hosts.get(index), "node" + (index + 1), probe, env);
  }

  private Path secret() {
    Path file = folder.resolve("raft-secret");
    try {
      return Files.exists(file)
          ? file
          : Files.writeString(file, java.util.UUID.randomUUID().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> freePorts() {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < SIZE; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ports;
  }

  private String raftNodes() {
    return IntStream.range(0, SIZE)
        .mapToObj(i -> "node%d:%s:%d".formatted(i + 1, hosts.get(i).address(), raftPorts.get(i)))
        .collect(Collectors.joining(","));
  }

  /// What one node is told from its next start on, over what all are told.
  void tell(int index, Map<String, String> environment) {
    own.set(index, Map.copyOf(environment));
  }

  /// What happens to a leader.
  interface Blow {
    void fall(NodeProcess leader, long epoch) throws Exception;
  }

  /// Lets a blow fall while submissions go on through all nodes; then every accepted task must have
  /// ended once, and no two pools may ever have been there.
  Records underLoad(Blow blow) throws Exception {
    try (Ledger ledger = ledger()) {
      ledger.awaitAccepted(100);
      NodeProcess leader = awaitLeader();
      blow.fall(leader, records().newestEpoch());
      ledger.awaitAccepted(100);
      Map<String, Integer> attempts = ledger.settle(otherThan(leader));
      Records records = records();
      records.assertRecordedOnce(attempts);
      records.assertNoTwoPoolsAtOnce();
      return records;
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + output(), e);
    }
  }

  /// Waits until all nodes answer the leader: by way of Raft, the group is whole again.
  void awaitWhole() {
    awaitLeader().await("reaches its peers", () -> !leadersBody().contains("\"reachable\":false"));
  }

  private String leadersBody() {
    try {
      return awaitLeader().call("GET", "/leader", "").body();
    } catch (IOException e) {
      return "\"reachable\":false";
    }
  }

  /// Starts anew those nodes that are gone.
  void repair() {
    for (int i = 0; i < SIZE; i++) {
      if (!nodes.get(i).alive()) {
        nodes.set(i, launch(i));
      }
    }
    nodes.forEach(NodeProcess::awaitReady);
  }

  /// 0 to 2.
  int index(NodeProcess node) {
    return nodes.indexOf(node);
  }

  NodeProcess node(int index) {
    return nodes.get(index);
  }

  /// A submitter for each place, whichever process stands there by then.
  Ledger ledger() {
    return ledger(120);
  }

  /// @param longest milliseconds that every seventh task takes; the others take 5 or less
  Ledger ledger(int longest) {
    return new Ledger(
        longest,
        IntStream.range(0, SIZE)
            .mapToObj(i -> (Supplier<NodeProcess>) () -> nodes.get(i))
            .toList());
  }

  /// Waits until all nodes that answer name one leader.
  NodeProcess awaitLeader() {
    Eventually.await("all nodes name one leader", Duration.ofSeconds(60), () -> leaderIndex() >= 0);
    return nodes.get(leaderIndex());
  }

  private int leaderIndex() {
    List<String> named =
        nodes.stream().filter(NodeProcess::alive).map(NodeProcess::leader).distinct().toList();
    if (named.size() != 1 || named.getFirst().isEmpty()) {
      return -1;
    }
    return IntStream.range(0, SIZE)
        .filter(i -> nodes.get(i).id().equals(named.getFirst()))
        .findFirst()
        .orElse(-1);
  }

  NodeProcess otherThan(NodeProcess node) {
    return nodes.stream().filter(n -> n != node && n.alive()).findFirst().orElseThrow();
  }

  Records records() {
    return new Records(probes);
  }

  /// Waits until a pool has begun under a newer epoch.
  void awaitNewerEpoch(long than) {
    Eventually.await(
        "a pool newer than " + than, Duration.ofSeconds(60), () -> records().newestEpoch() > than);
  }

  /// All that the nodes wrote, for a failure's message.
  String output() {
    StringBuilder all = new StringBuilder();
    nodes.forEach(node ->
        all.append("=== ").append(node.id()).append('\n').append(node.output()).append('\n'));
    return all.toString();
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
    redis.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
