package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Redis is not there, or hangs: the node says so, keeps nobody waiting, and goes on by itself when
/// Redis is back.
@Timeout(120)
class RedisAwayIT {
  /// What a refused submission may take, with room for a machine that is busy.
  private static final Duration REFUSED_WITHIN = Duration.ofSeconds(6);

  private static RedisServer redis;
  private static NodeProcess node;

  @BeforeAll
  static void start() {
    redis = new RedisServer("appendonly yes", "appendfsync always");
    node = program("node1");
  }

  private static NodeProcess program(String id) {
    return NodeProcess.program(id, Map.of("REDIS_ADDR", redis.address(), "LEASE_TTL", "1s"));
  }

  @AfterEach
  void redis_is_there() {
    node.awaitReady();
  }

  @AfterAll
  static void stop() {
    node.close();
    redis.close();
  }

  @Test
  void a_node_starts_without_redis_and_leads_when_it_comes() throws IOException {
    redis.kill();
    try (NodeProcess late = program("node2").awaitLive()) {
      late.awaitLine("redis does not answer").awaitLine("lease away");
      assertAway(late);
      long quiet = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (System.nanoTime() < quiet) {
        assertAway(late);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
      assertEquals(1, late.lines("redis does not answer").size(), late::output);
      assertEquals(2, late.lines(" WARNING ").size(), late::output);
      assertEquals(List.of(), late.lines(" ERROR "), late::output);
      redis.restart();
      late.awaitReady();
      late.await("sees a leader", () -> !late.leader().isEmpty());
      late.awaitState(late.accepted("log", "1"), "completed");
    }
  }

  private static void assertAway(NodeProcess asked) throws IOException {
    assertEquals(200, asked.status("GET", "/health/live", ""));
    assertEquals(503, asked.status("GET", "/health/ready", ""));
    HttpResponse<String> health = asked.call("GET", "/health", "");
    assertEquals(503, health.statusCode(), health.body());
    for (String field : List.of("node_id", "is_leader", "leader_id", "queue_size", "timestamp")) {
      assertTrue(health.body().contains("\"" + field + "\":"), health.body());
    }
    assertTrue(health.body().contains(redis.address()), health.body());
    assertRefused(asked);
  }

  private static void assertRefused(NodeProcess asked) throws IOException {
    long start = System.nanoTime();
    HttpResponse<String> answer = asked.submit("log", "1");
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(503, answer.statusCode(), answer.body());
    assertTrue(answer.headers().firstValue("Retry-After").isPresent(), answer.body());
    assertTrue(answer.body().contains(redis.address()), answer.body());
    assertTrue(took.compareTo(REFUSED_WITHIN) < 0, () -> "refused after " + took);
  }

  @Test
  void a_task_that_runs_when_redis_is_killed_is_interrupted_and_runs_again() throws IOException {
    assertGoesOnAfter(redis::kill, redis::restart);
  }

  @Test
  void a_task_that_runs_when_redis_hangs_is_interrupted_and_runs_again() throws IOException {
    assertGoesOnAfter(redis::pause, redis::resume);
  }

  private static void assertGoesOnAfter(Runnable blow, Runnable cure) throws IOException {
    node.awaitLeads();
    String ended = node.accepted("log", "1");
    node.awaitState(ended, "completed");
    String task = node.accepted("sleep", "{\"ms\":3000}");
    String first = node.awaitState(task, "running");
    String once =
        NodeProcess.id(
            node.call(
                "POST",
                "/submit",
                "{\"type\":\"sleep\",\"payload\":{\"ms\":3000},\"maxAttempts\":1}"));
    node.awaitState(once, "running");
    int untold = node.lines("end not recorded").size();
    List<String> ending = new ArrayList<>(); // they end while nobody can record it
    for (int i = 0; i < 3; i++) {
      ending.add(node.accepted("sleep", "{\"ms\":300}"));
    }
    blow.run();
    try {
      node.awaitFollows().awaitNotReady();
      assertRefused(node);
    } finally {
      cure.run();
    }
    node.awaitReady();
    assertEquals(200, node.status("GET", "/status?id=" + ended, ""), "ready, and does not answer");
    node.awaitLeads();
    Eventually.await(
        "it runs under the next leadership",
        () -> {
          String again = node.task(task); // runs, as far as Redis knows, until it is taken back
          return again.contains("\"state\":\"running\"") && epoch(again) > epoch(first);
        });
    assertTrue(node.awaitState(task, "completed").contains("\"attempt\":2"), node.task(task));
    assertTrue( // its leader lived through it: that attempt is not charged
        node.awaitState(once, "completed").contains("\"attempt\":2"), node.task(once));
    node.awaitState(ended, "completed");
    ending.forEach(other -> node.awaitState(other, "completed"));
    node.awaitState(node.accepted("log", "1"), "completed");
    assertEquals(List.of(), node.lines(" ERROR "), node::output);
    assertTrue(node.lines("end not recorded").size() - untold <= 1, node::output);
  }

  private static long epoch(String task) {
    return Long.parseLong(task.replaceFirst(".*\"epoch\":\\s*(\\d+).*", "$1"));
  }

  @Test
  void a_node_that_is_told_to_stop_while_it_starts_ends_in_order() {
    try (NodeProcess late = program("node3").awaitLine("http started")) {
      late.signal("TERM");
      assertEquals(143, late.awaitExit(), late::output);
      assertEquals(1, late.lines("node stopped").size(), late::output);
    }
  }

  @Test
  void a_node_that_is_told_to_stop_while_redis_is_away_ends_in_order() {
    redis.kill();
    try (NodeProcess late = program("node3").awaitLive()) {
      long start = System.nanoTime();
      late.signal("TERM");
      assertEquals(143, late.awaitExit(), late::output);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.toSeconds() < 15, () -> "stopped after " + took);
      assertEquals(1, late.lines("node stopped").size(), late::output);
      assertEquals(List.of(), late.lines("did not stop"), late::output);
    } finally {
      redis.restart();
    }
  }
}
