package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/// Follows the primary that real Sentinels name.
@Timeout(60)
class SentinelIT {
  private static final Namespace NAMESPACE = new Namespace("scheduler");
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static RedisGroups.Watched group;

  @BeforeAll
  static void start() {
    group = new RedisGroups.Watched();
  }

  @AfterAll
  static void stop() {
    group.close();
  }

  private static Redis redis(String address) {
    return new Redis(
        RedisConfig.parse(address),
        NAMESPACE,
        new Redis.Pool("test", 2, TIMEOUT),
        RedisListener.NONE);
  }

  private static String address(RedisServer sentinel) {
    return "redis-sentinel://" + sentinel.address() + "/mymaster";
  }

  private static int port(Redis redis) {
    return Integer.parseInt(redis.info("server").field("tcp_port").orElseThrow());
  }

  private static boolean leadsTo(RedisServer server, Redis redis) {
    try {
      return port(redis) == server.port();
    } catch (RedisException e) {
      return false;
    }
  }

  @Test
  void calls_and_messages_follow_a_primary_that_was_replaced_while_it_lives() {
    AtomicInteger messages = new AtomicInteger();
    RedisServer before = group.primary();
    RedisServer after = group.replica();
    try (Redis redis = redis(group.address());
        Subscription subscription = redis.subscribe("channel", messages::incrementAndGet)) {
      assertEquals(before.port(), port(redis));
      Eventually.await("subscribed", () -> messages.get() == 1);
      group.failOver();
      Eventually.await("calls go to the new primary", () -> leadsTo(after, redis));
      try (Jedis jedis = after.jedis();
          Jedis old = before.jedis()) {
        Eventually.await(
            "listens there alone",
            () ->
                jedis.pubsubNumSub("channel").get("channel") == 1
                    && old.pubsubNumSub("channel").get("channel") == 0);
        int heard = messages.get();
        jedis.publish("channel", "1");
        Eventually.await("hears", () -> messages.get() > heard);
      }
    }
  }

  @Test
  void the_watch_follows_though_the_former_primary_answers_and_no_connection_breaks() {
    AtomicInteger messages = new AtomicInteger();
    try (RedisServer before = new RedisServer();
        RedisServer after = new RedisServer();
        RedisServer sentinel = RedisGroups.sentinelOf(before);
        Redis redis = redis(address(sentinel));
        Subscription subscription = redis.subscribe("channel", messages::incrementAndGet);
        Jedis toSentinel = sentinel.jedis();
        Jedis toAfter = after.jedis()) {
      assertEquals(before.port(), port(redis));
      Eventually.await("subscribed", () -> messages.get() == 1);
      toSentinel.sentinelRemove("mymaster");
      toSentinel.sentinelMonitor("mymaster", "127.0.0.1", after.port(), 1);
      Eventually.await("listens there", () -> toAfter.pubsubNumSub("channel").get("channel") == 1);
      assertEquals(after.port(), port(redis));
    }
  }

  @Test
  void a_sentinel_that_missed_a_failover_is_not_believed() {
    group.failOver(); // so that the epoch is larger than that of a Sentinel which knows of none
    try (RedisServer former = new RedisServer();
        RedisServer wrong = RedisGroups.sentinelOf(former);
        Redis redis = redis(group.address().replace("://", "://" + wrong.address() + ","))) {
      for (int i = 0; i < 5; i++) {
        assertEquals(group.primary().port(), port(redis));
        redis.reconnect();
      }
    }
  }

  @Test
  void a_replica_that_a_sentinel_names_is_not_used() {
    try (RedisServer primary = new RedisServer();
        RedisServer replica = RedisServer.replicaOf(primary);
        RedisServer wrong = RedisGroups.sentinelOf(replica);
        Redis redis = redis(address(wrong))) {
      var e = assertThrows(RedisException.Unreachable.class, () -> redis.info("server"));
      assertTrue(String.valueOf(e.getMessage()).contains("is a replica now"), e.getMessage());
    }
  }

  @Test
  void sentinels_that_do_not_answer_are_passed_over() {
    RedisServer primary = group.primary();
    RedisServer first = group.sentinels().getFirst();
    first.pause();
    try (Redis redis = redis(group.address())) {
      assertEquals(primary.port(), port(redis));
    } finally {
      first.resume();
    }
  }

  @Test
  void an_error_names_the_sentinels_and_what_they_say() {
    try (Redis unknown = redis(group.address().replace("mymaster", "other"));
        Redis nobody = redis("redis-sentinel://127.0.0.1:1,127.0.0.1:2/mymaster")) {
      var e = assertThrows(RedisException.Unreachable.class, () -> unknown.info("server"));
      assertTrue(
          String.valueOf(e.getMessage()).contains("No such master with that name"), e.getMessage());
      e = assertThrows(RedisException.Unreachable.class, () -> nobody.info("server"));
      assertTrue(String.valueOf(e.getMessage()).contains("127.0.0.1:1 "), e.getMessage());
    }
  }

  @Test
  void sentinels_with_a_password_of_their_own_are_called_with_it() {
    try (RedisServer primary = new RedisServer();
        RedisServer asks = RedisGroups.sentinelOf(primary, "requirepass sesame");
        Redis without = redis(address(asks));
        Redis with =
            new Redis(
                RedisConfig.parse(address(asks))
                    .sentinelLogin(new RedisLogin(Optional.empty(), Optional.of(() -> "sesame"))),
                NAMESPACE,
                new Redis.Pool("test", 2, TIMEOUT),
                RedisListener.NONE)) {
      assertEquals(primary.port(), port(with));
      var e = assertThrows(RedisException.Unreachable.class, () -> without.info("server"));
      assertTrue(
          String.valueOf(e.getMessage()).contains("REDIS_SENTINEL_PASSWORD_FILE"), e.getMessage());
    }
  }

  @Test
  void a_write_that_is_waited_for_is_on_the_replica() {
    LuaScript script = LuaScript.load(SentinelIT.class, "write-two");
    try (Redis redis = redis(group.address())) {
      Redis.Waited waited =
          redis.evalThenWait(script, List.of(NAMESPACE.key("a")), List.of(), Duration.ofSeconds(5));
      assertEquals(1, waited.count());
    }
  }
}
