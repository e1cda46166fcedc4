package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.task.StoreServers;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/// What health says about the servers that have the data.
@Timeout(60)
class ReplicationInfoIT {
  private static final Namespace NAMESPACE = new Namespace("scheduler");

  private static void await(RedisHealth health, String what, Predicate<StoreServers> condition) {
    Eventually.await(what, () -> condition.test(health.last().servers()));
  }

  private static boolean hasOne(StoreServers servers, Predicate<StoreServers.Replica> condition) {
    return servers.replicas().size() == 1 && condition.test(servers.replicas().getFirst());
  }

  @Test
  void a_replica_that_does_not_keep_up_is_seen() {
    try (RedisServer primary = new RedisServer("repl-timeout 3600");
        RedisServer replica = RedisServer.replicaOf(primary);
        Jedis jedis = primary.jedis();
        Redis redis = primary.redis(2)) {
      RedisHealth health = new RedisHealth(redis, NAMESPACE);
      try {
        await(
            health,
            "it keeps up",
            servers ->
                hasOne(
                    servers,
                    one ->
                        one.address().equals(replica.address())
                            && one.online()
                            && one.lag().compareTo(Duration.ofSeconds(2)) < 0));
        assertEquals("single", health.last().servers().topology());
        assertEquals(Optional.of(primary.address()), health.last().servers().primary());
        replica.pause();
        jedis.set("key", "x".repeat(10_000));
        await(
            health,
            "it is behind",
            servers ->
                hasOne(
                    servers,
                    one ->
                        one.behindBytes() >= 10_000
                            && one.lag().compareTo(Duration.ofSeconds(2)) >= 0));
        replica.resume();
        await(
            health, "it has caught up", servers -> hasOne(servers, one -> one.behindBytes() == 0));
      } finally {
        health.close();
      }
    }
  }

  @Test
  void the_primary_that_sentinels_name_is_shown() {
    try (RedisServer before = new RedisServer();
        RedisServer after = new RedisServer();
        RedisServer sentinel = RedisGroups.sentinelOf(before);
        Jedis jedis = sentinel.jedis();
        Redis redis =
            new Redis(
                RedisConfig.parse("redis-sentinel://" + sentinel.address() + "/mymaster"),
                NAMESPACE,
                new Redis.Pool("test", 2, Duration.ofSeconds(2)),
                RedisListener.NONE)) {
      RedisHealth health = new RedisHealth(redis, NAMESPACE);
      try {
        await(health, "it is shown", shows(before));
        assertEquals("sentinel", health.last().servers().topology());
        assertEquals(List.of(), health.last().servers().replicas());
        jedis.sentinelRemove("mymaster");
        jedis.sentinelMonitor("mymaster", "127.0.0.1", after.port(), 1);
        await(health, "the new one is shown", shows(after));
        assertTrue(health.last().available());
      } finally {
        health.close();
      }
    }
  }

  private static Predicate<StoreServers> shows(RedisServer server) {
    return servers -> servers.primary().equals(Optional.of(server.address()));
  }
}
