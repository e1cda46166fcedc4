package dev.taskscheduler.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/// Real servers that belong together: a primary with Sentinels, and a Redis Cluster.
public final class RedisGroups {
  private RedisGroups() {}

  /// A Sentinel alone that watches `server` as `mymaster`, and will do nothing for a minute.
  public static RedisServer sentinelOf(RedisServer server, String... more) {
    return sentinelOf(server.port(), more);
  }

  /// The same of a server at a port, such as the one that it has for TLS.
  public static RedisServer sentinelOf(int port, String... more) {
    List<String> lines = new ArrayList<>();
    lines.add("sentinel monitor %s 127.0.0.1 %d 1".formatted(Watched.NAME, port));
    lines.add("sentinel down-after-milliseconds " + Watched.NAME + " 60000");
    lines.addAll(List.of(more));
    return RedisServer.sentinel(lines.toArray(String[]::new));
  }

  /// A primary, a replica, and three Sentinels that replace the primary a second after its last
  /// answer.
  public static final class Watched implements AutoCloseable {
    private static final String NAME = "mymaster";
    private static final int SENTINELS = 3;

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    /// @param lines of the configuration of primary and replica
    public Watched(String... lines) {
      try {
        String[] all = Arrays.copyOf(lines, lines.length + 1);
        all[lines.length] = "repl-diskless-sync-delay 0";
        RedisServer primary = new RedisServer(all);
        servers.add(primary);
        servers.add(RedisServer.replicaOf(primary, lines));
        for (int i = 0; i < SENTINELS; i++) {
          sentinels.add(
              RedisServer.sentinel(
                  "sentinel monitor %s 127.0.0.1 %d 2".formatted(NAME, primary.port()),
                  "sentinel down-after-milliseconds " + NAME + " 1000",
                  "sentinel failover-timeout " + NAME + " 10000"));
        }
        Eventually.await(
            "the Sentinels know each other and the replica",
            () ->
                sentinels.stream()
                    .map(Watched::state)
                    .allMatch(state ->
                        "2".equals(state.get("num-other-sentinels"))
                            && "1".equals(state.get("num-slaves"))));
      } catch (RuntimeException | AssertionError e) {
        close();
        throw e;
      }
    }

    private static Map<String, String> state(RedisServer sentinel) {
      try (Jedis jedis = sentinel.jedis()) {
        return jedis.sentinelMaster(NAME);
      }
    }

    /// As `REDIS_ADDR`.
    public String address() {
      return "redis-sentinel://%s/%s".formatted(listed(sentinels), NAME);
    }

    /// Adds a user, as in a configuration file, to each Sentinel.
    public void sentinelUser(String line) {
      String[] words = line.split(" ");
      words[0] = "SETUSER";
      for (RedisServer sentinel : sentinels) {
        try (Jedis jedis = sentinel.jedis()) {
          jedis.sendCommand(Protocol.Command.ACL, words);
        }
      }
    }

    public List<RedisServer> sentinels() {
      return sentinels;
    }

    /// The server that the Sentinels agree on.
    public RedisServer primary() {
      return servers.stream()
          .filter(server ->
              sentinels.stream()
                  .allMatch(sentinel ->
                      String.valueOf(server.port()).equals(state(sentinel).get("port"))))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("the Sentinels do not agree"));
    }

    /// The server that is not the primary.
    public RedisServer replica() {
      RedisServer primary = primary();
      return servers.stream().filter(server -> server != primary).findFirst().orElseThrow();
    }

    /// Lets the Sentinels promote the replica while the primary lives on, and waits until all of
    /// them have seen it.
    public void failOver() {
      RedisServer before = primary();
      rejoin(replica()); // it may be a former primary that nobody has demoted yet
      beginFailOver();
      awaitOther(before);
    }

    /// The same without waiting.
    public void beginFailOver() {
      try (Jedis jedis = sentinels.getFirst().jedis()) {
        jedis.sentinelFailover(NAME);
      }
    }

    /// Makes a former primary a replica of the new one, as Sentinels do some seconds later, and
    /// waits until it has caught up and Sentinels know: else they would not promote it.
    public void rejoin(RedisServer former) {
      try (Jedis jedis = former.jedis()) {
        jedis.replicaof("127.0.0.1", primary().port());
        Eventually.await(
            "the former primary has caught up",
            () -> jedis.info("replication").contains("master_link_status:up"));
      }
      Eventually.await(
          "all Sentinels may promote it",
          Duration.ofSeconds(60),
          () -> sentinels.stream().allMatch(Watched::hasGoodReplica));
    }

    private static boolean hasGoodReplica(RedisServer sentinel) {
      try (Jedis jedis = sentinel.jedis()) {
        return jedis.sentinelReplicas(NAME).stream()
            .allMatch(replica ->
                "slave".equals(replica.get("flags"))
                    && "slave".equals(replica.get("role-reported"))
                    && "ok".equals(replica.get("master-link-status")));
      }
    }

    /// Waits until all Sentinels name another primary.
    public void awaitOther(RedisServer before) {
      Eventually.await(
          "the Sentinels name another primary", Duration.ofSeconds(60), () -> isReplaced(before));
    }

    /// Whether all Sentinels name another primary.
    public boolean isReplaced(RedisServer before) {
      return sentinels.stream()
          .noneMatch(sentinel -> String.valueOf(before.port()).equals(state(sentinel).get("port")));
    }

    @Override
    public void close() {
      sentinels.forEach(RedisServer::close);
      servers.forEach(RedisServer::close);
    }
  }

  /// Three primaries with a third of the slots each, and a replica of each if wanted.
  public static final class Cluster implements AutoCloseable {
    private static final int PRIMARIES = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisServer> nodes = new ArrayList<>();

    /// @param lines of the configuration of all
    public Cluster(boolean replicas, String... lines) {
      try {
        List<Integer> busPorts = new ArrayList<>();
        for (int i = 0; i < (replicas ? 2 : 1) * PRIMARIES; i++) {
          int busPort = RedisServer.freePort();
          List<String> all = new ArrayList<>(List.of(lines));
          all.add("cluster-enabled yes");
          all.add("cluster-node-timeout 1000");
          all.add("cluster-port " + busPort);
          all.add("repl-diskless-sync-delay 0");
          nodes.add(new RedisServer(all.toArray(String[]::new)));
          busPorts.add(busPort);
        }
        for (int i = 0; i < nodes.size(); i++) {
          cluster(nodes.get(i), "SET-CONFIG-EPOCH", i + 1);
          if (i > 0) {
            cluster(
                nodes.get(i), "MEET", "127.0.0.1", nodes.getFirst().port(), busPorts.getFirst());
          }
        }
        for (int i = 0; i < PRIMARIES; i++) {
          int last = (i + 1) * SLOTS / PRIMARIES - 1;
          cluster(nodes.get(i), "ADDSLOTSRANGE", i * SLOTS / PRIMARIES, last);
        }
        awaitAll("know each other", node -> info(node).contains(known()));
        for (int i = PRIMARIES; i < nodes.size(); i++) {
          cluster(nodes.get(i), "REPLICATE", id(nodes.get(i - PRIMARIES)));
        }
        awaitAll("are well", node -> info(node).contains("cluster_state:ok"));
        awaitAll("have caught up", Cluster::isInSync);
      } catch (RuntimeException | AssertionError e) {
        close();
        throw e;
      }
    }

    private String known() {
      return "cluster_known_nodes:" + nodes.size() + "\r";
    }

    private void awaitAll(String what, Predicate<RedisServer> condition) {
      BooleanSupplier all = () -> nodes.stream().allMatch(condition);
      Eventually.await("the nodes of the Cluster " + what, all);
    }

    private static boolean isInSync(RedisServer node) {
      String replication = replication(node);
      return replication.contains("role:master") || replication.contains("master_link_status:up");
    }

    private static String replication(RedisServer node) {
      try (Jedis jedis = node.jedis()) {
        return jedis.info("replication");
      }
    }

    private static Object cluster(RedisServer node, Object... words) {
      try (Jedis jedis = node.jedis()) {
        CommandArguments command = new CommandArguments(Protocol.Command.CLUSTER);
        for (Object word : words) {
          command.add(word.toString());
        }
        Connection connection = jedis.getConnection();
        return connection.executeCommand(command);
      }
    }

    private static String info(RedisServer node) {
      return new String((byte[]) cluster(node, "INFO"));
    }

    private static String id(RedisServer node) {
      return new String((byte[]) cluster(node, "MYID"));
    }

    /// As `REDIS_ADDR`.
    public String address() {
      return "redis-cluster://" + listed(nodes);
    }

    public List<RedisServer> nodes() {
      return nodes;
    }

    public static int slot(String namespace) {
      return JedisClusterCRC16.getSlot("{" + namespace + "}:");
    }

    /// The node that says of itself that it is the primary of this namespace.
    public RedisServer primary(String namespace) {
      return nodes.stream()
          .filter(node -> serves(node, namespace))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("nobody serves " + namespace));
    }

    /// A primary that does not serve this namespace.
    public RedisServer other(String namespace) {
      RedisServer serves = primary(namespace);
      return primaries().filter(node -> node != serves).findFirst().orElseThrow();
    }

    private Stream<RedisServer> primaries() {
      return nodes.stream().filter(node -> replication(node).contains("role:master"));
    }

    /// Says to both nodes that the slot of a namespace is about to move.
    public void beginMove(String namespace, RedisServer from, RedisServer to) {
      cluster(to, "SETSLOT", slot(namespace), "IMPORTING", id(from));
      cluster(from, "SETSLOT", slot(namespace), "MIGRATING", id(to));
    }

    /// Moves some of the keys, those that the node names first.
    ///
    /// @return whether there are more
    public boolean moveKeys(String namespace, RedisServer from, RedisServer to, int count) {
      try (Jedis jedis = from.jedis()) {
        String[] keys = jedis.clusterGetKeysInSlot(slot(namespace), count).toArray(String[]::new);
        if (keys.length > 0) {
          jedis.migrate("127.0.0.1", to.port(), 5000, new MigrateParams(), keys);
        }
        return jedis.clusterCountKeysInSlot(slot(namespace)) > 0;
      }
    }

    /// Says to all primaries who has the slot now.
    public void endMove(String namespace, RedisServer to) {
      cluster(to, "SETSLOT", slot(namespace), "NODE", id(to));
      primaries()
          .filter(node -> node != to)
          .forEach(node -> cluster(node, "SETSLOT", slot(namespace), "NODE", id(to)));
    }

    /// Promotes a replica while its primary lives on, and waits until it serves.
    public void failOver(String namespace) {
      RedisServer before = primary(namespace);
      RedisServer replica = replicaOf(before);
      cluster(replica, "FAILOVER");
      Eventually.await("the replica serves", () -> serves(replica, namespace));
    }

    /// The replica of a primary.
    public RedisServer replicaOf(RedisServer primary) {
      return nodes.stream()
          .filter(node -> replication(node).contains("master_port:" + primary.port() + "\r"))
          .findFirst()
          .orElseThrow();
    }

    /// Whether a node other than this one serves a namespace now.
    public boolean isServedBesides(RedisServer before, String namespace) {
      return nodes.stream()
          .filter(node -> node != before)
          .anyMatch(node -> serves(node, namespace));
    }

    /// Whether the primary of a namespace has a replica that has caught up.
    public boolean hasReplica(String namespace) {
      return nodes.stream()
          .filter(node -> serves(node, namespace))
          .anyMatch(node -> replication(node).contains("state=online"));
    }

    private static boolean serves(RedisServer node, String namespace) {
      try (Jedis jedis = node.jedis()) {
        jedis.exists("{" + namespace + "}:leader");
        return true;
      } catch (JedisException e) {
        return false;
      }
    }

    @Override
    public void close() {
      nodes.forEach(RedisServer::close);
    }
  }

  /// The addresses of servers, with commas.
  private static String listed(List<RedisServer> servers) {
    return servers.stream().map(RedisServer::address).collect(Collectors.joining(","));
  }
}
