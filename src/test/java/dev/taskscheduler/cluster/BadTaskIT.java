package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tasks that misbehave, are too many or are as large as they may be harm themselves only.
@Timeout(120)
class BadTaskIT {
  private static final int MOST_PENDING = 300;
  private static final int CLIENTS = 60; // together half of the node's memory
  private static final int MIB = 1 << 20;

  private static final RedisServer REDIS = new RedisServer();
  private static NodeProcess node;

  @BeforeAll
  static void start() {
    node =
        program(
                "node1",
                "shared",
                Map.of("TASK_TIMEOUT", "1s", "MAX_ATTEMPTS", "1", "MAX_PENDING", "" + MOST_PENDING))
            .awaitReady()
            .awaitLeads();
  }

  private static NodeProcess program(String id, String namespace, Map<String, String> more) {
    Map<String, String> env = new java.util.HashMap<>(more);
    env.put("REDIS_ADDR", REDIS.address());
    env.put("REDIS_NAMESPACE", namespace);
    env.put("LEASE_TTL", "1s");
    return NodeProcess.program(id, env);
  }

  @AfterAll
  static void stop() {
    node.close();
    REDIS.close();
  }

  @Test
  void a_task_that_throws_hangs_or_exhausts_the_stack_ends_its_own_attempt_and_nothing_else()
      throws IOException {
    String throwing = node.accepted("fail", "{\"error\":\"no such luck\"}");
    String hanging = node.accepted("sleep", "{\"ms\":60000}");
    String deep = node.accepted("deep", "1");
    String odd = node.accepted("sleep", "{\"ms\":\"soon\"}");
    String good = node.accepted("log", "1");
    node.awaitState(good, "completed");
    assertFailed(throwing, "no such luck");
    assertFailed(deep, "StackOverflowError");
    assertFailed(odd, "soon");
    assertFailed(hanging, "timed out after 1000 ms");
    node.awaitState(node.accepted("log", "1"), "completed");
  }

  private static void assertFailed(String task, String error) {
    String dead = node.awaitState(task, "dead");
    assertTrue(dead.contains("\"status\":\"failed\""), dead);
    assertTrue(dead.contains(error), dead);
  }

  @Test
  void more_tasks_than_may_be_pending_are_refused_until_some_have_ended() throws Exception {
    List<String> accepted = new ArrayList<>();
    HttpResponse<String> full = null;
    for (int i = 0; full == null; i++) {
      HttpResponse<String> answer = node.submit("sleep", "{\"ms\":50}");
      if (answer.statusCode() == 429) {
        full = answer;
      } else {
        assertEquals(202, answer.statusCode(), answer.body());
        accepted.add(NodeProcess.id(answer));
      }
      assertTrue(i < 10 * MOST_PENDING, "never full");
    }
    assertTrue(full.headers().firstValue("Retry-After").isPresent(), full.body());
    assertTrue(full.body().contains(MOST_PENDING + " tasks are pending"), full.body());
    accepted.forEach(task -> node.awaitState(task, "completed"));
    node.awaitState(node.accepted("log", "1"), "completed");
  }

  @Test
  void payloads_as_large_as_they_may_be_go_through_by_the_hundred() throws Exception {
    String payload = "\"" + "x".repeat(MIB - 100) + "\"";
    Queue<String> accepted = new ConcurrentLinkedQueue<>();
    AtomicInteger left = new AtomicInteger(200);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.submit(() -> {
          while (left.getAndDecrement() > 0) {
            HttpResponse<String> answer = node.submit("log", payload);
            while (answer.statusCode() == 503) { // there was no room for it in time
              assertTrue(answer.headers().firstValue("Retry-After").isPresent(), answer.body());
              answer = node.submit("log", payload);
            }
            accepted.add(NodeProcess.id(answer));
          }
          return null;
        });
      }
    }
    assertEquals(200, accepted.size(), node::output);
    accepted.forEach(task -> node.awaitState(task, "completed"));
    assertEquals(413, node.submit("log", "\"" + "x".repeat(MIB) + "\"").statusCode());
    assertEquals(List.of(), node.lines(" ERROR "), node::output);
  }

  /// By a node that never leads: the leader may end before it has answered.
  private static String acceptedElsewhere(String namespace, String type) throws IOException {
    try (NodeProcess front = program("front", namespace, Map.of("LEADER_ELIGIBLE", "false"))) {
      return front.awaitReady().accepted(type, "1");
    }
  }

  @Test
  void a_task_that_kills_its_process_is_delayed_and_then_dead_while_others_go_on()
      throws IOException {
    Map<String, String> env = Map.of("MAX_ATTEMPTS", "3", "WORKER_COUNT", "2");
    NodeProcess runs = program("node2", "halting", env).awaitReady().awaitLeads();
    try {
      String poison = acceptedElsewhere("halting", "halt");
      List<String> others = new ArrayList<>();
      int crashes = 0;
      long secondCrash = 0;
      while (crashes < 3) {
        assertEquals(137, runs.awaitExit(), runs::output);
        crashes++;
        runs = program("node2", "halting", env);
        if (crashes == 2) {
          secondCrash = System.nanoTime();
          runs.awaitReady().awaitLeads();
          runs.awaitState(poison, "retrying");
          for (int i = 0; i < 5; i++) {
            others.add(runs.accepted("log", "1"));
          }
          NodeProcess between = runs;
          others.forEach(task -> between.awaitState(task, "completed"));
        }
      }
      Duration delay = Duration.ofNanos(System.nanoTime() - secondCrash);
      assertTrue(delay.toSeconds() >= 4, () -> "ran again after " + delay);
      String dead = runs.awaitReady().awaitState(poison, "dead");
      assertTrue(dead.contains("its leader was lost while it ran"), dead);
      assertTrue(dead.contains("\"attempt\":3"), dead);
      for (String other : others) {
        runs.awaitState(other, "completed");
      }
      runs.awaitState(runs.accepted("log", "1"), "completed");
    } finally {
      runs.close();
    }
  }
}
