package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.FaultyProxy;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// The pool and the subscription when connections break.
class RedisIT {
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  private static Redis redis(int port, int connections) {
    return new Redis(
        RedisConfig.parse("127.0.0.1:" + port),
        new Namespace("scheduler"),
        new Redis.Pool("test", connections, TIMEOUT),
        RedisListener.NONE);
  }

  private static <E extends Exception> Duration timeToFail(Class<E> type, Redis redis) {
    long start = System.nanoTime();
    assertThrows(type, () -> redis.info("server"));
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void a_connection_that_breaks_is_reported_as_unknown_whatever_the_pool_meets_after() {
    try (RedisServer server = new RedisServer();
        Redis redis = redis(server.port(), 2)) {
      redis.info("server");
      server.kill();
      assertThrows(RedisException.Unknown.class, () -> redis.info("server"));
      assertThrows(RedisException.Unreachable.class, () -> redis.info("server"));
    }
  }

  @Test
  void a_call_to_a_hung_redis_waits_once_for_its_time_limit() {
    try (RedisServer server = new RedisServer();
        Redis redis = redis(server.port(), 2)) {
      redis.info("server");
      server.pause();
      Duration unknown = timeToFail(RedisException.Unknown.class, redis);
      assertTrue(unknown.compareTo(TIMEOUT.plusMillis(400)) < 0, "took " + unknown);
      server.resume();
      assertTrue(redis.ping());
    }
  }

  @Test
  void after_a_restart_one_call_fails_and_not_one_for_each_idle_connection() throws Exception {
    try (RedisServer server = new RedisServer();
        Redis redis = redis(server.port(), 8)) {
      List<Future<ServerInfo>> all = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 200; i++) {
          all.add(threads.submit(() -> redis.info("all")));
        }
      }
      for (Future<ServerInfo> one : all) {
        assertTrue(one.get().field("redis_version").isPresent());
      }
      server.restart();
      assertThrows(RedisException.Unknown.class, () -> redis.info("server"));
      for (int i = 0; i < 20; i++) {
        redis.info("server");
      }
    }
  }

  @Test
  void callers_that_wait_for_a_connection_get_one_though_the_last_one_broke() throws Exception {
    try (RedisServer server = new RedisServer();
        FaultyProxy link = new FaultyProxy(server.port());
        Redis redis = redis(link.port(), 1)) {
      redis.info("server");
      link.loseAnswers(1);
      AtomicInteger answered = new AtomicInteger();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 30; i++) {
          threads.submit(() -> {
            redis.info("server");
            return answered.incrementAndGet();
          });
        }
      }
      assertEquals(29, answered.get());
      assertEquals(1, link.lost());
    }
  }

  @Test
  void nobody_waits_longer_than_the_time_limit_for_a_connection() {
    try (RedisServer server = new RedisServer();
        Redis redis = redis(server.port(), 1)) {
      redis.info("server");
      server.pause();
      var other = Thread.ofVirtual().start(redis::ping);
      Eventually.await("the connection is taken", () -> other.getState() != Thread.State.NEW);
      long start = System.nanoTime();
      assertFalse(redis.ping());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.compareTo(TIMEOUT.multipliedBy(4)) < 0, "took " + took);
      server.resume();
    }
  }

  @Test
  void an_error_of_redis_is_a_refusal_with_its_code() {
    try (RedisServer server = new RedisServer();
        Jedis jedis = server.jedis();
        Redis redis = redis(server.port(), 1)) {
      jedis.aclSetUser("default", "-info", "-config");
      var refused = assertThrows(RedisException.Refused.class, () -> redis.info("server"));
      assertEquals("NOPERM", refused.code());
      assertEquals(Optional.empty(), redis.config("save"), "many hosted ones forbid it");
    }
  }

  @Test
  void a_closed_pool_refuses() {
    try (RedisServer server = new RedisServer()) {
      Redis redis = redis(server.port(), 1);
      redis.info("server");
      redis.close();
      assertInstanceOf(
          RedisException.Unreachable.class,
          assertThrows(RedisException.class, () -> redis.info("server")));
      redis.close();
    }
  }

  @Test
  void a_subscription_comes_back_by_itself_and_tells_that_messages_may_be_missing() {
    AtomicInteger messages = new AtomicInteger();
    try (RedisServer server = new RedisServer();
        Jedis jedis = server.jedis();
        FaultyProxy link = new FaultyProxy(server.port());
        Redis redis = redis(link.port(), 1);
        Subscription subscription = redis.subscribe("channel", messages::incrementAndGet)) {
      for (int i = 1; i <= 5; i++) {
        int round = i;
        Eventually.await("notified of the connection", () -> messages.get() == 2 * round - 1);
        assertEquals(1, jedis.publish("channel", "1"));
        Eventually.await("notified of the message", () -> messages.get() == 2 * round);
        link.cut();
      }
    }
  }

  @Test
  void a_listener_that_throws_is_called_again_for_the_next_message() {
    AtomicInteger messages = new AtomicInteger();
    try (RedisServer server = new RedisServer();
        Jedis jedis = server.jedis();
        Redis redis = redis(server.port(), 1);
        Subscription subscription =
            redis.subscribe(
                "channel",
                () -> {
                  if (messages.incrementAndGet() == 2) {
                    throw new IllegalStateException("a listener's own");
                  }
                })) {
      Eventually.await("connected", () -> messages.get() == 1);
      jedis.publish("channel", "1");
      Eventually.await("connected again", () -> messages.get() == 3);
      jedis.publish("channel", "1");
      Eventually.await("notified", () -> messages.get() == 4);
    }
  }

  @Test
  void a_closed_subscription_leaves_no_connection_and_no_thread() {
    try (RedisServer server = new RedisServer();
        Jedis jedis = server.jedis();
        Redis redis = redis(server.port(), 1)) {
      for (int i = 0; i < 20; i++) {
        redis.subscribe("channel", () -> {}).close(); // also while it connects
      }
      Eventually.await("none is left", () -> !jedis.clientList().contains("sub=1"));
      Eventually.await(
          "no thread is left",
          () ->
              Thread.getAllStackTraces().keySet().stream()
                  .noneMatch(t -> t.getName().equals("redis-subscription")));
    }
  }
}
