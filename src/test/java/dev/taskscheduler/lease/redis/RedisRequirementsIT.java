package dev.taskscheduler.lease.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.spi.FencingToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The gate lets nobody lead on a Redis that is too old or may drop keys, and changes nothing
/// there.
class RedisRequirementsIT extends LeaseOnRedis {
  private static LeaseRequest request(String nonceDigit) {
    return new LeaseRequest("a", "redis", nonceDigit.repeat(16), Duration.ofSeconds(3));
  }

  private static void changesNothing(Runnable call) {
    Map<String, String> before = server.snapshot();
    call.run();
    assertEquals(before, server.snapshot());
  }

  private void isRefused(LeaseRequest request, LeaseState watched) {
    changesNothing(() -> {
      LeaseException.Unfit e =
          assertThrows(LeaseException.Unfit.class, () -> lease.acquire(request, watched));
      assertTrue(
          String.valueOf(e.getMessage()).contains("CONFIG SET maxmemory-policy noeviction"),
          e.getMessage());
    });
  }

  @Test
  void a_redis_that_may_evict_is_not_led_on_until_that_is_changed() {
    jedis.configSet("maxmemory-policy", "allkeys-lru");
    isRefused(request("a"), new LeaseState.Vacant());
    jedis.configSet("maxmemory-policy", "noeviction");
    assertInstanceOf(
        Acquisition.Granted.class, lease.acquire(request("a"), new LeaseState.Vacant()));
  }

  @Test
  void a_policy_that_was_changed_between_two_leaders_keeps_out_the_second() {
    FencingToken token =
        assertInstanceOf(
                Acquisition.Granted.class, lease.acquire(request("a"), new LeaseState.Vacant()))
            .token();
    assertTrue(lease.release(token));
    LeaseState released = lease.observe();
    jedis.configSet("maxmemory-policy", "allkeys-random");
    isRefused(request("b"), released);
  }

  @ParameterizedTest
  @ValueSource(strings = {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"})
  void a_redis_that_evicts_only_what_expires_is_led_on(String policy) {
    jedis.configSet("maxmemory-policy", policy);
    assertInstanceOf(
        Acquisition.Granted.class, lease.acquire(request("a"), new LeaseState.Vacant()));
  }

  @Test
  void a_redis_that_does_not_tell_its_policy_is_led_on() {
    jedis.aclSetUser("partial", "on", ">secret", "~*", "&*", "+@all", "-info", "+info|server");
    RedisConfig config = RedisConfig.parse("redis://partial:secret@" + server.address());
    try (Redis partial =
        new Redis(
            config, NS, new Redis.Pool("test", 3, Duration.ofSeconds(2)), RedisListener.NONE)) {
      assertInstanceOf(
          Acquisition.Granted.class,
          new RedisLease(partial, NS).acquire(request("a"), new LeaseState.Vacant()));
    } finally {
      jedis.aclDelUser("partial");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-1, 99"})
  void a_redis_as_old_as_is_allowed_or_newer_is_led_on(int major, int minor) {
    assertEquals(1L, takeOverWhereOldestIs(major, minor).getFirst());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, -99"})
  void a_redis_that_is_older_than_allowed_is_not_led_on(int major, int minor) {
    changesNothing(() -> {
      List<?> answer = takeOverWhereOldestIs(major, minor);
      assertEquals(2L, answer.getFirst());
      assertEquals("version", text(answer.get(1)));
      assertEquals(version(), text(answer.get(2)));
    });
  }

  /// Stands where the oldest Redis that is allowed is by so much newer than this one.
  private List<?> takeOverWhereOldestIs(int major, int minor) {
    String[] version = version().split("\\.", -1);
    int oldestMajor = Integer.parseInt(version[0]) + major;
    int oldestMinor = Math.max(0, Integer.parseInt(version[1]) + minor);
    List<byte[]> args =
        Stream.of("a".repeat(16), "a", "redis", "3000", "", "", oldestMajor, oldestMinor, 0)
            .map(arg -> arg.toString().getBytes(UTF_8))
            .toList();
    LuaScript script = LuaScript.load(RedisLease.class, "acquire");
    return (List<?>) redis.eval(script, List.of(KEY.getBytes(UTF_8)), args);
  }

  private String version() {
    return redis.info("server").field("redis_version").orElseThrow();
  }

  private static String text(Object answer) {
    return new String((byte[]) answer, UTF_8);
  }

  @Test
  void a_redis_that_does_not_tell_its_run_id_is_not_led_on() throws IOException {
    String script;
    try (InputStream file = RedisLease.class.getResourceAsStream("acquire.lua")) {
      script = new String(file.readAllBytes(), UTF_8);
    }
    String partial =
        script.replace("redis.call('INFO', 'server')", "'redis_version:" + version() + "'");
    assertNotEquals(script, partial);
    changesNothing(() -> {
      List<?> answer =
          (List<?>)
              jedis.eval(
                  partial,
                  List.of(KEY),
                  List.of("a".repeat(16), "a", "redis", "3000", "", "", "6", "2", "0"));
      assertEquals(List.of(2L, "run_id", ""), answer);
    });
    LeaseException.Unfit e = new RedisRequirements(redis).hidesItsRunId();
    assertTrue(String.valueOf(e.getMessage()).contains("does not tell its run_id"));
  }

  @Test
  void the_error_for_a_redis_that_is_too_old_names_its_version() {
    LeaseException.Unfit e = new RedisRequirements(redis).tooOld("6.0.20");
    assertTrue(String.valueOf(e.getMessage()).contains("'6.0.20', and 6.2 or newer is needed"));
  }
}
