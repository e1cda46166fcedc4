package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/// Follows the slot of a namespace in a real Redis Cluster.
@Timeout(60)
class RedisClusterIT {
  private static final String NAME = "scheduler";
  private static final Namespace NAMESPACE = new Namespace(NAME);
  private static final LuaScript WRITE = LuaScript.load(RedisClusterIT.class, "write-two");
  private static final List<byte[]> KEYS = List.of(NAMESPACE.key("leader"));
  private static RedisGroups.Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new RedisGroups.Cluster(true);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Redis redis(String address) {
    return new Redis(
        RedisConfig.parse(address),
        NAMESPACE,
        new Redis.Pool("test", 2, Duration.ofSeconds(2)),
        RedisListener.NONE);
  }

  private static boolean writes(Redis redis) {
    try {
      redis.eval(WRITE, KEYS, List.of());
      return true;
    } catch (RedisException e) {
      return false;
    }
  }

  private static boolean leadsTo(RedisServer server, Redis redis) {
    return redis.info("server").field("tcp_port").orElseThrow().equals("" + server.port());
  }

  @Test
  void calls_go_to_the_primary_of_the_slot_whichever_node_is_named() {
    for (RedisServer node : cluster.nodes()) {
      try (Redis redis = redis("redis-cluster://" + node.address())) {
        redis.eval(WRITE, KEYS, List.of());
        assertTrue(leadsTo(cluster.primary(NAME), redis));
      }
    }
  }

  @Test
  void calls_and_messages_follow_a_promoted_replica() {
    AtomicInteger messages = new AtomicInteger();
    try (Redis redis = redis(cluster.address());
        Subscription subscription =
            redis.subscribe(NAMESPACE.text("wake"), messages::incrementAndGet)) {
      Eventually.await("writes", () -> writes(redis));
      RedisServer before = cluster.primary(NAME);
      cluster.failOver(NAME);
      Eventually.await("writes again", () -> writes(redis));
      RedisServer after = cluster.primary(NAME);
      assertTrue(after != before && leadsTo(after, redis));
      Eventually.await("subscribed", () -> messages.get() >= 1);
      int heard = messages.get();
      try (Jedis jedis = after.jedis()) {
        Eventually.await(
            "hears",
            () -> {
              jedis.publish(NAMESPACE.text("wake"), "1");
              return messages.get() > heard;
            });
      }
    }
  }

  @Test
  void while_the_slot_moves_a_script_is_refused_before_it_begins() {
    try (Redis redis = redis(cluster.address())) {
      Eventually.await("writes", () -> writes(redis));
      RedisServer from = cluster.primary(NAME);
      RedisServer to = cluster.other(NAME);
      try (Jedis jedis = from.jedis()) {
        jedis.del("{scheduler}:second");
        jedis.set("{scheduler}:leader", "0");
        cluster.beginMove(NAME, from, to);
        var refused =
            assertThrows(RedisException.Refused.class, () -> redis.eval(WRITE, KEYS, List.of()));
        assertTrue(refused.mayPass(), refused::toString);
        assertEquals("0", jedis.get("{scheduler}:leader"), "the script has begun");
      }
      while (cluster.moveKeys(NAME, from, to, 1)) {
        assertFalse(writes(redis));
      }
      assertFalse(writes(redis), "it has all keys, and not yet the slot");
      cluster.endMove(NAME, to);
      Eventually.await("writes there", () -> writes(redis));
      assertTrue(leadsTo(to, redis));
      try (Jedis jedis = to.jedis()) {
        assertEquals("1", jedis.get("{scheduler}:second"));
      }
    }
  }

  @Test
  void nodes_that_are_not_there_are_passed_over_and_an_error_names_them() {
    try (Redis redis = redis("redis-cluster://127.0.0.1:1," + cluster.nodes().get(1).address());
        Redis nobody = redis("redis-cluster://127.0.0.1:1")) {
      Eventually.await("writes", () -> writes(redis));
      var e =
          assertThrows(RedisException.Unreachable.class, () -> nobody.eval(WRITE, KEYS, List.of()));
      assertTrue(String.valueOf(e.getMessage()).contains("127.0.0.1:1 "), e.getMessage());
    }
  }

  @Test
  void a_single_server_is_not_taken_for_a_cluster() {
    try (RedisServer single = new RedisServer();
        Redis redis = redis("redis-cluster://" + single.address())) {
      var e =
          assertThrows(RedisException.Unreachable.class, () -> redis.eval(WRITE, KEYS, List.of()));
      assertTrue(
          String.valueOf(e.getMessage()).contains("cluster support disabled"), e.getMessage());
    }
  }
}
