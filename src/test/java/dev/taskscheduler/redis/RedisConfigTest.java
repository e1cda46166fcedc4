package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {
  @ParameterizedTest
  @CsvSource({
    "localhost:6379, redis://localhost:6379/0",
    "redis, redis://redis:6379/0",
    "' redis:7000 ', redis://redis:7000/0",
    "[::1]:6380, redis://[::1]:6380/0",
    "[::1], redis://[::1]:6379/0",
    "redis://redis, redis://redis:6379/0",
    "redis://redis:1/7, redis://redis:1/7",
    "redis://redis:65535/, redis://redis:65535/0",
    "rediss://redis.example.com:6380/999, rediss://redis.example.com:6380/999",
    "redis://[fe80::1]:6380/2, redis://[fe80::1]:6380/2",
    "redis://:secret@redis, redis://redis:6379/0",
    "redis://me:secret@redis, redis://me@redis:6379/0",
    "my_redis:1, redis://my_redis:1/0",
    "redis://me:secret@my_redis:1/2, redis://me@my_redis:1/2",
    "redis://:geheimär@redis, redis://redis:6379/0",
    "redis-sentinel://a/mine, redis-sentinel://a:26379/mine/0",
    "redis-sentinel://a:1/my.primary-1/3, redis-sentinel://a:1/my.primary-1/3",
    "redis-sentinel://me:secret@a/mine/, redis-sentinel://me@a:26379/mine/0",
    "redis-cluster://a, redis-cluster://a:6379",
    "redis-cluster://a/0, redis-cluster://a:6379",
    "rediss-cluster://me:secret@[::1]:7000/, rediss-cluster://me@[::1]:7000",
  })
  void an_address_is_read_and_shown_without_its_password(String address, String shown) {
    assertEquals(shown, RedisConfig.parse(address).toString());
  }

  @Test
  void several_hosts_are_read_in_their_order_and_each_once() {
    assertEquals(
        "rediss-sentinel://me@a:26379,b:1,[::1]:2/mine/0",
        RedisConfig.parse("rediss-sentinel://me:x@a,b:1,[::1]:2,b:1/mine").toString());
    assertEquals(
        "redis-cluster://a:7000,b:7001",
        RedisConfig.parse("redis-cluster://a:7000,b:7001").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "redis-sentinel://a, name of the primary",
    "redis-sentinel://a/, name of the primary",
    "redis-sentinel://a/b/c, name of the primary",
    "redis-cluster://a/1, no database",
    "'redis://a,b', 'redis-sentinel:// or redis-cluster://'",
    "redis-cluster:, redis-cluster://",
    "redis-cluster://, redis-cluster://",
    "'redis-cluster://a,,b', redis-cluster://",
    "'redis-sentinel://a, b/mine', redis-sentinel://",
    "http://a, 'rediss-sentinel:// or rediss-cluster://'",
    "redis-sentinel://me@a/mine, 'redis-sentinel://user:password@'",
  })
  void an_error_says_what_to_write(String address, String words) {
    var refused = assertThrows(IllegalArgumentException.class, () -> RedisConfig.parse(address));
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
  }

  @Test
  void user_and_password_are_decoded() {
    RedisConfig config = RedisConfig.parse("redis://a%40b:p%3A%2F+%25ä@redis:1");
    assertEquals(Optional.of("a@b"), config.login().user());
    assertEquals(Optional.of("p:/+%ä"), config.login().password().map(Supplier::get));
  }

  @Test
  void a_password_may_hold_a_colon_and_stand_without_a_user() {
    RedisConfig config = RedisConfig.parse("redis://:a:b@redis:1");
    assertEquals(Optional.empty(), config.login().user());
    assertEquals(Optional.of("a:b"), config.login().password().map(Supplier::get));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":6379",
        "redis:",
        "redis:0",
        "redis:65536",
        "redis:99999999",
        "redis:port",
        "a b:1",
        "user:secret@redis:1",
        "::1:6379",
        "http://redis:1",
        "redis://",
        "redis://redis:0",
        "redis://redis:1/x",
        "redis://redis:1/1000",
        "redis://redis:1/1/2",
        "redis://redis:1?db=1",
        "redis://redis:1#x",
        "redis://me@redis:1",
        "redis://me:@redis:1",
        "redis://me:sec ret@redis:1",
        "redis://me:sec%zzret@redis:1",
      })
  void what_is_no_address_is_refused_without_repeating_a_password(String address) {
    var refused = assertThrows(IllegalArgumentException.class, () -> RedisConfig.parse(address));
    assertFalse(String.valueOf(refused.getMessage()).contains("sec"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "a?b", "a#b", "a@b", "a%b", "a[b", "a b"})
  void a_password_that_is_not_encoded_is_refused(String password) {
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> RedisConfig.parse("redis://me:" + password + "@redis:1"));
    assertTrue(String.valueOf(refused.getMessage()).contains("percent-encoded"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a}", "{a", "ä", "a:b"})
  void a_namespace_that_would_break_the_slot_is_refused(String name) {
    assertThrows(IllegalArgumentException.class, () -> new Namespace(name));
  }
}
