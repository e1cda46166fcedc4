package dev.taskscheduler.lease.redis;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/// What tests of the lease begin with: an empty Redis that may be led on.
abstract class LeaseOnRedis {
  static final Namespace NS = new Namespace("test");
  static final String KEY = "{test}:leader";
  static RedisServer server;

  Redis redis;
  Jedis jedis;
  RedisLease lease;

  @BeforeAll
  static void startServer() {
    server = new RedisServer();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() {
    redis = server.redis(3);
    jedis = server.jedis();
    lease = new RedisLease(redis, NS);
    jedis.flushAll();
  }

  @AfterEach
  void disconnect() {
    jedis.configSet("maxmemory", "0");
    jedis.configSet("maxmemory-policy", "noeviction");
    jedis.close();
    redis.close();
  }
}
