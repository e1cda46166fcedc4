package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/// Nodes on a Redis as hosting services configure it: commands are forbidden or renamed away.
@Timeout(120)
class RestrictedRedisIT {
  private static NodeProcess node(String address) {
    return NodeProcess.program("node1", Map.of("REDIS_ADDR", address, "LEASE_TTL", "1s"));
  }

  private static void works(NodeProcess node) throws IOException {
    node.awaitLeads();
    node.awaitState(node.accepted("log", "1"), "completed");
  }

  @Test
  void client_and_config_may_be_renamed_away() throws IOException {
    try (RedisServer redis =
            new RedisServer("rename-command CLIENT \"\"", "rename-command CONFIG \"\"");
        NodeProcess node = node(redis.address()).awaitLive()) {
      works(node);
      assertTrue(node.health().contains("\"persistence\":\"no-aof\""), node::health);
    }
  }

  @Test
  void client_and_config_may_be_forbidden() throws IOException {
    try (RedisServer redis =
            new RedisServer(
                "user scheduler on >secret ~{scheduler}:* resetchannels &{scheduler}:* +@all -client -config");
        NodeProcess node = node("redis://scheduler:secret@" + redis.address()).awaitLive()) {
      works(node);
      assertTrue(node.health().contains("\"persistence\":\"no-aof\""), node::health);
    }
  }

  @Test
  void all_of_info_but_the_part_on_the_server_may_be_forbidden() throws IOException {
    try (RedisServer redis =
            new RedisServer(
                "user scheduler on >secret ~{scheduler}:* resetchannels &{scheduler}:* +@all -info +info|server");
        NodeProcess node = node("redis://scheduler:secret@" + redis.address()).awaitLive()) {
      node.awaitLine("redis does not tell its maxmemory-policy");
      works(node);
      assertTrue(node.health().contains("\"version\""), node::health);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SETRANGE", "LPUSH", "INFO"})
  void a_command_that_is_renamed_away_is_named_and_nothing_is_kept(String command)
      throws IOException {
    try (RedisServer redis = new RedisServer("rename-command " + command + " \"\"");
        Jedis admin = redis.jedis();
        NodeProcess node = node(redis.address()).awaitLive()) {
      node.awaitLine("lease unfit");
      String named = command + ", which it does not know (rename-command)";
      node.await("says which", () -> node.health().contains(named));
      HttpResponse<String> answer = node.submit("log", "1");
      assertEquals(503, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains(command), answer.body());
      assertEquals(0, admin.dbSize());
    }
  }

  @Test
  void a_policy_that_drops_no_task_is_a_warning() throws IOException {
    try (RedisServer redis = new RedisServer("maxmemory-policy volatile-lru");
        NodeProcess node = node(redis.address()).awaitLive()) {
      node.awaitLine("redis may accept duplicates when it is full");
      works(node);
      assertTrue(node.health().contains("\"eviction_policy\":\"volatile-lru\""), node::health);
      assertTrue(!node.health().contains("\"problem\""), node::health);
    }
  }
}
