package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// A Redis that answers and must not, or cannot, be led on: each node says why and what to do.
@Timeout(120)
class UnfitRedisIT {
  private static NodeProcess program(String id, String address) {
    return NodeProcess.program(id, Map.of("REDIS_ADDR", address, "LEASE_TTL", "1s"));
  }

  @Test
  void a_password_that_is_missing_or_wrong_is_told_and_the_right_one_works() throws IOException {
    String rights = "~{scheduler}:* &{scheduler}:* -@all +@read +@write +@scripting +@pubsub";
    try (RedisServer redis =
            new RedisServer(
                "requirepass geheim",
                "user app on >auchgeheim " + rights + " +@connection +info +time");
        NodeProcess none = program("none", redis.address());
        NodeProcess wrong = program("wrong", "redis://:falsch@" + redis.address());
        NodeProcess right = program("right", "redis://app:auchgeheim@" + redis.address())) {
      right.awaitReady().awaitLeads();
      right.awaitState(right.accepted("log", "1"), "completed");
      assertEquals(List.of(), right.lines(" ERROR "), right::output);
      for (NodeProcess node : List.of(none, wrong)) {
        node.awaitLive().awaitLine("REDIS_ADDR");
        node.await("says why", () -> node.health().contains("REDIS_ADDR"));
        assertEquals(503, node.status("GET", "/health/ready", ""));
        HttpResponse<String> answer = node.submit("log", "1");
        assertEquals(503, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("REDIS_ADDR"), answer.body());
        assertTrue(node.lines(" ERROR ").size() <= 1, node::output);
        assertTrue(node.lines(" WARNING ").size() <= 1, node::output);
      }
      for (NodeProcess node : List.of(none, wrong, right)) {
        assertFalse(node.output().contains("geheim"), node::output);
        assertFalse(node.output().contains("falsch"), node::output);
      }
    }
  }

  @Test
  void a_redis_that_may_drop_tasks_is_not_led_on_until_it_may_not() throws IOException {
    try (RedisServer redis = new RedisServer("maxmemory-policy allkeys-lru");
        NodeProcess node = program("node1", redis.address())) {
      node.awaitReady();
      node.await("says what to do", () -> node.health().contains("maxmemory-policy noeviction"));
      assertEquals("", node.leader());
      node.awaitLine("redis is not suitable");
      assertEquals(1, node.lines(" ERROR ").size(), node::output);
      long start = System.nanoTime();
      try (Jedis jedis = redis.jedis()) {
        jedis.configSet("maxmemory-policy", "noeviction");
      }
      node.awaitLeads();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.toSeconds() < 8, () -> "leads after " + took);
      node.await("is well", () -> !node.health().contains("\"problem\""));
      node.awaitState(node.accepted("log", "1"), "completed");
    }
  }

  @Test
  void a_redis_that_is_a_replica_is_not_led_on() throws IOException {
    try (RedisServer primary = new RedisServer();
        RedisServer replica = new RedisServer("replicaof 127.0.0.1 " + primary.port());
        NodeProcess node = program("node1", replica.address())) {
      node.awaitReady();
      node.await(
          "says why",
          () -> node.health().contains("is a replica: REDIS_ADDR must name the primary"));
      HttpResponse<String> answer = node.submit("log", "1");
      assertEquals(503, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("REDIS_ADDR must name the primary"), answer.body());
      assertTrue(node.lines(" ERROR ").size() <= 1, node::output);
    }
  }

  @Test
  void a_second_node_with_the_same_id_waits_says_so_and_takes_over_when_the_first_is_gone()
      throws IOException {
    try (RedisServer redis = new RedisServer();
        NodeProcess first = program("twin", redis.address()).awaitLeads();
        NodeProcess second = program("twin", redis.address()).awaitReady()) {
      second.awaitLine("a second node with the same NODE_ID leads");
      second.await("says why", () -> second.health().contains("NODE_ID of its own"));
      assertTrue(second.health().contains("\"is_leader\":false"), second.health());
      assertTrue(first.health().contains("\"is_leader\":true"), first.health());
      second.awaitState(second.accepted("log", "1"), "completed");
      first.signal("KILL");
      second.awaitLeads();
      assertFalse(second.health().contains("\"problem\""), second.health());
      assertEquals(1, second.lines("same NODE_ID").size(), second::output);
    }
  }

  @Test
  void a_second_cluster_on_one_redis_waits_names_the_first_and_leads_when_it_is_gone(
      @TempDir Path folder) throws IOException {
    try (RedisServer redis = new RedisServer();
        NodeProcess first = alone("first", redis, folder).awaitLeads();
        NodeProcess second = alone("second", redis, folder).awaitReady()) {
      second.awaitLine("another cluster or elector leads in this namespace node=first");
      second.await("says why", () -> second.health().contains("since first leads"));
      assertTrue(second.health().contains("\"leader_id\":\"first\""), second.health());
      second.awaitState(second.accepted("log", "1"), "completed");
      first.signal("KILL");
      second.awaitLeads();
      assertFalse(second.health().contains("\"problem\""), second.health());
    }
  }

  /// A Raft group of its own.
  private static NodeProcess alone(String id, RedisServer redis, Path folder) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    return NodeProcess.program(
        id,
        Map.of(
            "REDIS_ADDR",
            redis.address(),
            "LEASE_TTL",
            "1s",
            "CONSENSUS_TYPE",
            "raft",
            "RAFT_BIND_ADDR",
            "127.0.0.1:" + port,
            "RAFT_DATA_DIR",
            folder.resolve(id).toString()));
  }
}
