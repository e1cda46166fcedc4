package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/// A node whose Redis holds what cannot be read: it says so and goes on with the rest.
///
/// `-Ddamage.rounds=200 -Ddamage.seed=1` for a longer run, or to repeat one.
@Timeout(600)
class DamagedDataIT {
  private static final String NS = "{scheduler}:";
  private static final int ROUNDS = Integer.getInteger("damage.rounds", 4);
  private static final int DAMAGED_EACH = 6;
  private static final Pattern NEXT = Pattern.compile("\"next\":\\s*\"([^\"]+)\"");
  private static final List<String> STATES =
      List.of(
          "scheduled", "retrying", "ready", "running", "completed", "dead", "expired", "cancelled");

  private RedisServer redis;
  private Jedis jedis;
  private NodeProcess node;

  @BeforeEach
  void start() {
    redis = new RedisServer();
    jedis = redis.jedis();
    node =
        NodeProcess.program("node1", Map.of("REDIS_ADDR", redis.address(), "LEASE_TTL", "1s"))
            .awaitLeads();
  }

  @AfterEach
  void stop() {
    node.close();
    jedis.close();
    redis.close();
  }

  private String submit(String fields) throws IOException {
    HttpResponse<String> answer = node.call("POST", "/submit", "{" + fields + "}");
    assertTrue(answer.statusCode() < 500, () -> answer.body() + "\n" + node.output());
    return answer.statusCode() == 202 ? NodeProcess.id(answer) : "";
  }

  /// A task in every state; what is ready waits until all is resumed.
  ///
  /// @return ids of those that are to complete
  private List<String> everyState(int round) throws IOException {
    submit("\"type\":\"sleep\",\"payload\":{\"ms\":200}");
    submit("\"type\":\"fail\",\"payload\":1,\"maxAttempts\":1");
    submit("\"type\":\"fail\",\"payload\":1,\"maxAttempts\":2");
    submit("\"type\":\"log\",\"payload\":1,\"retention\":\"PT1H\"");
    submit("\"type\":\"log\",\"payload\":1,\"delay\":\"PT1H\"");
    String cancelled = submit("\"type\":\"log\",\"payload\":1,\"delay\":\"PT1H\"");
    node.call("DELETE", "/tasks/" + cancelled, "");
    node.call("POST", "/queues/slow/pause", "");
    submit("\"type\":\"sleep\",\"queue\":\"slow\",\"payload\":{\"ms\":1}");
    node.call("POST", "/pause", "");
    List<String> ready = new ArrayList<>();
    for (String priority : List.of("high", "medium", "low")) {
      for (int i = 0; i < 4; i++) {
        ready.add(
            submit(
                "\"type\":\"log\",\"payload\":1,\"priority\":\"%s\",\"uniqueKey\":\"%d %s %d\""
                    .formatted(priority, round, priority, i)));
      }
    }
    ready.remove("");
    return ready;
  }

  /// Asks for all that there is to read, and for each damaged task.
  private void readAll(RedisDamage damage) throws IOException {
    List<String> paths = new ArrayList<>(List.of("/stats", "/health", "/metrics", "/leader"));
    STATES.forEach(state -> paths.add("/tasks?limit=2&state=" + state));
    for (String id : damage.tasks) {
      String name = URLEncoder.encode(id, StandardCharsets.UTF_8);
      paths.addAll(List.of("/status?id=" + name, "/tasks/" + name, "/tasks/" + name + "/explain"));
    }
    for (String path : paths) {
      String next = path;
      for (int pages = 0; pages < 5 && !next.isEmpty(); pages++) {
        String asked = next;
        HttpResponse<String> answer = node.call("GET", asked, "");
        assertTrue(
            answer.statusCode() < 500 && (asked.equals(path) || answer.statusCode() == 200),
            () -> asked + " " + answer.statusCode() + " " + answer.body() + "\n" + node.output());
        Matcher matcher = NEXT.matcher(answer.body());
        next = matcher.find() ? path + "&cursor=" + matcher.group(1) : "";
      }
    }
    for (String id : damage.tasks) {
      for (HttpResponse<String> answer :
          List.of(
              node.call("POST", "/tasks/" + id + "/retry", ""),
              node.call("DELETE", "/tasks/" + id, ""))) {
        assertTrue(
            answer.statusCode() < 500, () -> id + " " + answer.body() + "\n" + node.output());
      }
    }
  }

  @Test
  void whatever_is_damaged_all_other_tasks_end_under_one_leadership() throws IOException {
    long seed = Long.getLong("damage.seed", System.nanoTime());
    System.out.println("damage.seed=" + seed);
    for (int round = 0; round < ROUNDS; round++) {
      RedisDamage damage = new RedisDamage(jedis, new Random(seed + round));
      List<String> ready = everyState(round);
      for (int i = 0; i < DAMAGED_EACH; i++) {
        damage.one();
      }
      jedis.set(
          NS + "task:cut" + round, "w0000"); // what is set aside has all be looked through soon
      if (Set.of("list", "none").contains(jedis.type(NS + "ready:high:default"))) {
        jedis.rpush(NS + "ready:high:default", "cut" + round); // else that is found at once
      }
      try {
        readAll(damage);
        assertEquals(2, node.status("POST", "/resume", "") / 100);
        assertEquals(2, node.status("POST", "/queues/slow/resume", "") / 100);
        ready.add(submit("\"type\":\"log\",\"payload\":1,\"priority\":\"high\""));
        ready.removeAll(damage.tasks);
        ready.forEach(id -> node.awaitState(id, "completed"));
        assertEquals(1, node.lines("leadership begins").size(), node::output);
        assertEquals(List.of(), node.lines(" ERROR "), node::output);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + " round " + round + "\n" + String.join("\n", damage.done), e);
      }
    }
    node.await("says what was set aside", () -> node.health().contains("LRANGE"));
    node.awaitLine("damaged entries set aside");
  }

  @Test
  void a_fence_that_cannot_be_read_is_told_and_lets_nobody_lead_until_it_is_removed()
      throws IOException {
    for (Runnable damage :
        List.<Runnable>of(
            () -> {
              jedis.del(NS + "leader");
              jedis.set(NS + "leader", "junk");
            },
            () -> jedis.hset(NS + "leader", "epoch", "junk"),
            () -> jedis.hset(NS + "leader", "epoch", "9223372036854775807"))) {
      damage.run();
      node.awaitFollows();
      node.await("says why", () -> node.health().contains("the lease"));
      String waits = node.accepted("log", "1");
      assertTrue(node.task(waits).contains("\"state\":\"ready\""), node::output);
      jedis.del(NS + "leader");
      node.awaitLeads();
      node.awaitState(waits, "completed");
    }
    awaitBeginIsLogged();
    int begun = node.lines("leadership begins").size();
    jedis.hset(NS + "leader", "claimSeq", "junk"); // its token is sound: another one may follow
    node.awaitState(node.accepted("log", "1"), "completed");
    awaitBeginIsLogged();
    assertEquals(begun + 1, node.lines("leadership begins").size(), node::output);
  }

  /// The log has a thread of its own, so that a line may come later than the leadership.
  private void awaitBeginIsLogged() {
    String epoch = jedis.hget(NS + "leader", "epoch");
    node.awaitLine("leadership begins epoch=" + epoch);
  }
}
