package dev.taskscheduler.cluster.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.redis.Admission;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.ScriptArgs;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Announces this node in Redis every few seconds, and keeps what it then reads of the others.
///
/// Nothing that must be right depends on it: it is for people. While Redis is away, the last answer
/// stands.
public final class RedisNodes implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RedisNodes.class.getName());
  private static final LuaScript ANNOUNCE = LuaScript.load(RedisNodes.class, "announce");
  private static final Duration EVERY = Duration.ofSeconds(5);

  /// Long enough for a person who asks where the node was that has just died.
  static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  static final int MOST = 1_000;

  private final Redis redis;
  private final List<byte[]> keys;
  private final Admission admission;
  private final String node;
  private final String version;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("announce").factory());
  private volatile Map<String, ClusterNode> nodes = Map.of();
  private boolean failing; // only the timer's

  public RedisNodes(Redis redis, Namespace ns, String node, String version) {
    this.redis = redis;
    this.keys = List.of(ns.key("nodes"));
    this.admission = new Admission(redis, ns);
    this.node = node;
    this.version = version;
  }

  /// Announces this node from now on.
  ///
  /// @param http where people and programs reach it, `host:port`
  public void start(String http) {
    var unused =
        timer.scheduleWithFixedDelay(
            () -> announceOrLog(http), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("CatchingUnchecked") // what it throws would end the timer for good
  private void announceOrLog(String http) {
    try {
      announce(http);
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.log(System.Logger.Level.INFO, () -> "node cannot be announced why=" + e);
      }
      failing = true;
    }
  }

  void announce(String http) {
    admission.require();
    List<byte[]> args =
        ScriptArgs.of(node, http.getBytes(UTF_8), version, FORGOTTEN_AFTER.toMillis(), MOST);
    List<String> answer =
        ((List<?>) redis.eval(ANNOUNCE, keys, args))
            .stream().map(part -> new String((byte[]) part, UTF_8)).toList();
    Map<String, ClusterNode> now = new HashMap<>();
    for (int i = 0; i < answer.size(); i += 2) {
      String[] entry = answer.get(i + 1).split("\t", -1);
      if (entry.length == 3) { // else a later version's
        Instant seen = Instant.ofEpochMilli(Long.parseLong(entry[0]));
        now.put(answer.get(i), new ClusterNode(answer.get(i), entry[1], entry[2], seen));
      }
    }
    nodes = Map.copyOf(now);
  }

  /// The node of this id, if it has announced itself lately.
  public Optional<ClusterNode> find(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /// All nodes that have announced themselves lately.
  public List<ClusterNode> all() {
    return nodes.values().stream().sorted(Comparator.comparing(ClusterNode::id)).toList();
  }

  /// Announces no more; the others forget this node in time.
  @Override
  public void close() {
    timer.shutdown();
  }
}
