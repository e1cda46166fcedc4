package dev.taskscheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.testing.RedisServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// The server that other tests stand on does what they ask of it.
class RedisServerIT {
  @Test
  void a_server_with_an_append_only_file_comes_back_with_its_keys() {
    try (RedisServer server = new RedisServer("appendonly yes", "appendfsync always");
        Redis redis = server.redis(2)) {
      assertTrue(redis.ping());
      try (Jedis jedis = server.jedis()) {
        jedis.hset("h", Map.of("b", "2", "a", "1"));
      }
      server.restart();
      assertEquals(Map.of("h", "hash {a=1, b=2}"), server.snapshot());
    }
  }

  @Test
  void a_paused_server_answers_again_once_resumed() {
    try (RedisServer server = new RedisServer();
        Redis redis = server.redis(1)) {
      server.pause();
      assertFalse(redis.ping());
      server.resume();
      assertTrue(redis.ping());
    }
  }
}
