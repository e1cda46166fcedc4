package dev.taskscheduler.lease.redis;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.testing.OnRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What tests of the lease begin with: an empty Redis that may be led on.
abstract class LeaseOnRedis extends OnRedis {
  static final Namespace NS = new Namespace("test");
  static final String KEY = "{test}:leader";

  RedisLease lease;

  @BeforeEach
  void connect() {
    lease = new RedisLease(redis, NS);
  }

  @AfterEach
  void disconnect() {
    jedis.configSet("maxmemory", "0");
    jedis.configSet("maxmemory-policy", "noeviction");
  }
}
