package dev.taskscheduler.testing;

import dev.taskscheduler.redis.Redis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/// A Redis of its own for a class of tests, empty at the beginning of each.
public abstract class OnRedis {
  protected static RedisServer server;

  protected Redis redis;
  protected Jedis jedis;

  @BeforeAll
  static void startServer() {
    server = new RedisServer();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connectToRedis() {
    redis = server.redis(3);
    jedis = server.jedis();
    jedis.flushAll();
  }

  @AfterEach
  void disconnectFromRedis() {
    jedis.close();
    redis.close();
  }
}
