package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ClientKillParams;

/// A server that answers, but that is not ready or not the right one any more.
@Timeout(60)
class WrongServerIT {
  private static final Namespace NAMESPACE = new Namespace("scheduler");
  private static final LuaScript WRITE = LuaScript.load(WrongServerIT.class, "write-two");
  private static final List<byte[]> KEYS = List.of(NAMESPACE.key("leader"));

  private static void assertRefused(String code, Redis redis) {
    var refused =
        assertThrows(RedisException.Refused.class, () -> redis.eval(WRITE, KEYS, List.of()));
    assertEquals(code, refused.code());
    assertTrue(refused.mayPass(), refused::toString);
  }

  private static boolean writes(Redis redis) {
    try {
      redis.eval(WRITE, KEYS, List.of());
      return true;
    } catch (RedisException e) {
      return false;
    }
  }

  private static String refusal(Redis redis) {
    try {
      redis.eval(WRITE, KEYS, List.of());
      return "";
    } catch (RedisException.Refused e) {
      assertTrue(e.mayPass(), e::toString);
      return e.code();
    } catch (RedisException e) {
      return "not there";
    }
  }

  private static Set<String> connections(RedisServer server) {
    try (Jedis jedis = server.jedis()) {
      return jedis
          .clientList()
          .lines()
          .filter(line -> line.contains(" name=test "))
          .map(line -> line.substring(0, line.indexOf(' ')))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void a_primary_that_is_demoted_and_comes_back_is_called_on_new_connections() {
    try (RedisServer server = new RedisServer();
        RedisServer other = new RedisServer();
        Jedis jedis = server.jedis();
        Redis redis = server.redis(2)) {
      assertTrue(writes(redis));
      Set<String> before = connections(server);
      jedis.replicaof("127.0.0.1", other.port());
      assertRefused("READONLY", redis);
      jedis.replicaofNoOne();
      assertTrue(writes(redis));
      Set<String> after = connections(server);
      after.retainAll(before);
      assertEquals(Set.of(), after, "connections of before are used again");
    }
  }

  @Test
  void a_replica_that_has_lost_its_primary_has_done_nothing() {
    try (RedisServer server = new RedisServer("replica-serve-stale-data no");
        Jedis jedis = server.jedis();
        Redis redis = server.redis(2)) {
      assertTrue(writes(redis));
      jedis.replicaof("127.0.0.1", 1);
      assertRefused("MASTERDOWN", redis);
    }
  }

  @Test
  void a_primary_without_the_replicas_that_it_needs_has_done_nothing() {
    try (RedisServer server = new RedisServer("min-replicas-to-write 1");
        Jedis jedis = server.jedis();
        Redis redis = server.redis(2)) {
      assertRefused("NOREPLICAS", redis);
      jedis.configSet("min-replicas-to-write", "0");
      assertTrue(writes(redis));
    }
  }

  @Test
  void a_server_that_loads_its_data_is_waited_for() {
    try (RedisServer server =
            new RedisServer(
                "rdbcompression no",
                "key-load-delay 20000",
                "loading-process-events-interval-bytes 1024");
        Redis redis = server.redis(2)) {
      try (Jedis jedis = server.jedis()) {
        for (int i = 0; i < 100; i++) {
          jedis.set("key" + i, "x".repeat(2000));
        }
        jedis.save();
      }
      var started = CompletableFuture.runAsync(server::restart);
      Eventually.await("is loading", () -> "LOADING".equals(refusal(redis)));
      Eventually.await("writes", () -> writes(redis));
      started.join();
    }
  }

  @Test
  void a_server_that_hangs_in_a_script_has_done_nothing() {
    try (RedisServer server = new RedisServer("lua-time-limit 50");
        Redis redis = server.redis(2);
        Jedis killer = server.jedis()) {
      assertTrue(writes(redis));
      CompletableFuture<Void> hangs =
          CompletableFuture.runAsync(() -> {
            try (Jedis jedis = server.jedis()) {
              assertThrows(JedisException.class, () -> jedis.eval("while true do end"));
            }
          });
      Eventually.await("is busy", () -> "BUSY".equals(refusal(redis)));
      assertRefused("BUSY", redis);
      killer.scriptKill();
      hangs.join();
      Eventually.await("writes", () -> writes(redis));
    }
  }

  @Test
  void connections_that_are_all_killed_are_made_anew() {
    try (RedisServer server = new RedisServer();
        Jedis jedis = server.jedis();
        Redis redis = server.redis(4);
        Subscription subscription = redis.subscribe("channel", () -> {})) {
      assertTrue(writes(redis));
      for (int i = 0; i < 10; i++) {
        jedis.clientKill(
            new ClientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES));
        jedis.clientKill(new ClientKillParams().type(ClientType.PUBSUB));
        assertInstanceOf(
            RedisException.Unknown.class,
            assertThrows(RedisException.class, () -> redis.eval(WRITE, KEYS, List.of())));
        assertTrue(writes(redis));
        Eventually.await("listens", () -> jedis.pubsubNumSub("channel").get("channel") == 1);
      }
    }
  }

  @Test
  void a_server_that_admits_no_more_clients_has_done_nothing() {
    try (RedisServer server = new RedisServer("maxclients 33");
        Jedis first = server.jedis();
        Redis redis = server.redis(2)) {
      first.configSet("maxclients", "1");
      for (int i = 0; i < 5; i++) {
        var e =
            assertThrows(
                RedisException.Unreachable.class, () -> redis.eval(WRITE, KEYS, List.of()));
        assertTrue(
            String.valueOf(e.getMessage()).contains("max number of clients"), e.getMessage());
      }
      first.configSet("maxclients", "100");
      assertTrue(writes(redis));
    }
  }

  @Test
  void a_password_that_changes_counts_for_new_connections_alone() {
    String[] password = {"first"};
    try (RedisServer server = new RedisServer();
        Jedis jedis = server.jedis()) {
      jedis.configSet("requirepass", "first");
      RedisConfig config = RedisConfig.parse(server.address(), Optional.of(() -> password[0]));
      try (Redis redis =
          new Redis(
              config,
              NAMESPACE,
              new Redis.Pool("test", 1, Duration.ofSeconds(2)),
              RedisListener.NONE)) {
        assertTrue(writes(redis));
        jedis.configSet("requirepass", "second");
        assertTrue(writes(redis), "an open connection goes on");
        redis.reconnect();
        var refused =
            assertThrows(RedisException.Refused.class, () -> redis.eval(WRITE, KEYS, List.of()));
        assertEquals("WRONGPASS", refused.code());
        assertTrue(!String.valueOf(refused.getMessage()).contains("first"), refused::toString);
        password[0] = "second";
        assertTrue(writes(redis));
      }
    }
  }
}
