package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/// Redis is emptied, rolled back, full, or cannot write its disk, under two nodes.
@Timeout(120)
class RedisContentIT {
  private static final Pattern EPOCH = Pattern.compile("\"epoch\":\\s*(\\d+)");
  private static final RedisServer REDIS = new RedisServer();
  private static final List<NodeProcess> NODES = new ArrayList<>();

  @BeforeAll
  static void start() {
    for (String id : List.of("node1", "node2")) {
      NODES.add(
          NodeProcess.program(
              id,
              Map.of(
                  "REDIS_ADDR",
                  REDIS.address(),
                  "LEASE_TTL",
                  "1s",
                  "DRAIN_TIMEOUT",
                  "1s",
                  "WORKER_COUNT",
                  "2")));
    }
    NODES.forEach(NodeProcess::awaitReady);
  }

  @AfterEach
  void both_nodes_live() throws IOException {
    NODES.forEach(NodeProcess::awaitReady);
    NodeProcess leader = leader();
    leader.awaitState(leader.accepted("log", "1"), "completed");
  }

  @AfterAll
  static void stop() {
    NODES.forEach(NodeProcess::close);
    REDIS.close();
  }

  /// Waits until one node leads and both name it.
  private static NodeProcess leader() {
    List<NodeProcess> leads = new ArrayList<>();
    Eventually.await(
        "both name one leader",
        () -> {
          leads.clear();
          NODES.stream()
              .filter(node -> NODES.stream().allMatch(n -> n.leader().equals(node.id())))
              .forEach(leads::add);
          return leads.size() == 1;
        });
    return leads.getFirst();
  }

  private static NodeProcess follower() {
    NodeProcess leader = leader();
    return NODES.stream().filter(node -> node != leader).findFirst().orElseThrow();
  }

  private static long epoch() throws IOException {
    Matcher matcher = EPOCH.matcher(leader().call("GET", "/leader", "").body());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static void awaitEpochAfter(long before) {
    NODES
        .getFirst()
        .await(
            "sees a newer epoch",
            () -> {
              try {
                return epoch() > before;
              } catch (IOException e) {
                return false;
              }
            });
  }

  private static void redis(Consumer<Jedis> command) {
    try (Jedis jedis = REDIS.jedis()) {
      command.accept(jedis);
    }
  }

  private static int lines(String level) {
    return NODES.stream().mapToInt(node -> node.lines(level).size()).sum();
  }

  private static String output() {
    return NODES.getFirst().output() + "\n---\n" + NODES.getLast().output();
  }

  private static HttpResponse<String> refused(NodeProcess node) throws IOException {
    HttpResponse<String> answer = node.submit("log", "1");
    assertEquals(503, answer.statusCode(), answer.body());
    assertTrue(answer.headers().firstValue("Retry-After").isPresent(), answer.body());
    return answer;
  }

  @Test
  void a_redis_that_is_emptied_under_a_leader_is_led_on_anew() throws IOException {
    long before = epoch();
    NodeProcess leader = leader();
    leader.awaitState(leader.accepted("sleep", "{\"ms\":60000}"), "running");
    int errors = lines(" ERROR ");
    int warnings = lines(" WARNING ");
    redis(Jedis::flushAll);
    awaitEpochAfter(before);
    leader.awaitState(leader.accepted("log", "1"), "completed");
    assertEquals(errors, lines(" ERROR "), RedisContentIT::output);
    assertTrue(lines(" WARNING ") - warnings <= 2, RedisContentIT::output);
  }

  @Test
  void a_redis_that_comes_back_with_an_older_state_is_led_on_under_a_higher_epoch()
      throws IOException {
    long before = epoch();
    NodeProcess leader = leader();
    String task = leader.accepted("sleep", "{\"ms\":1000}");
    leader.awaitState(task, "running");
    redis(Jedis::save);
    leader.awaitState(task, "completed");
    leader.awaitState(leader.accepted("log", "1"), "completed");
    int errors = lines(" ERROR ");
    REDIS.restart();
    awaitEpochAfter(before);
    String again = leader.awaitReady().awaitState(task, "completed");
    assertTrue(again.contains("\"attempt\":2"), again);
    assertEquals(errors, lines(" ERROR "), RedisContentIT::output);
  }

  @Test
  void a_redis_that_is_full_takes_no_task_ends_those_it_has_and_is_still_handed_over()
      throws IOException {
    NodeProcess leader = leader();
    NodeProcess follower = follower();
    int errors = lines(" ERROR ");
    List<String> accepted = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      accepted.add(leader.accepted("sleep", "{\"ms\":400}"));
    }
    redis(jedis -> jedis.configSet("maxmemory", "1"));
    try {
      String problem = refused(leader).body();
      assertTrue(problem.contains("Redis is full"), problem);
      assertTrue(problem.contains("maxmemory"), problem);
      assertEquals(202, leader.call("POST", "/leader/resign", "").statusCode());
      follower.awaitLeads();
      accepted.forEach(task -> follower.awaitState(task, "completed"));
      follower.await("says why", () -> follower.health().contains("Redis is full"));
      assertEquals(errors, lines(" ERROR "), RedisContentIT::output);
    } finally {
      redis(jedis -> jedis.configSet("maxmemory", "0"));
    }
  }

  @Test
  void a_redis_that_cannot_write_its_disk_is_led_on_again_when_it_can() throws IOException {
    NodeProcess leader = leader();
    String task = leader.accepted("sleep", "{\"ms\":20000}");
    leader.awaitState(task, "running");
    int errors = lines(" ERROR ");
    Path dump;
    try (Jedis jedis = REDIS.jedis()) {
      dump = Path.of(jedis.configGet("dir").get("dir"), "dump.rdb");
      jedis.configSet("save", "3600 1");
    }
    Files.deleteIfExists(dump);
    Files.createDirectory(dump); // a snapshot cannot take its place, as little as on a full disk
    try {
      save("err");
      String problem = refused(leader).body();
      assertTrue(problem.contains("Redis cannot write to its disk"), problem);
      NODES.forEach(node -> node.await("says why", () -> node.health().contains("disk")));
      leader.awaitFollows();
      leader.awaitLine("leadership ends");
      long quiet = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (System.nanoTime() < quiet) {
        refused(leader);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    } finally {
      Files.delete(dump);
    }
    save("ok");
    leader().awaitState(task, "running");
    NODES.forEach(node -> node.await("is well", () -> !node.health().contains("\"problem\"")));
    assertTrue(lines(" ERROR ") - errors <= NODES.size(), RedisContentIT::output); // one each
    redis(jedis -> jedis.configSet("save", ""));
    redis(Jedis::flushAll); // the long task
  }

  private static void save(String status) {
    redis(Jedis::bgsave);
    Eventually.await(
        "a snapshot ends " + status,
        () -> {
          try (Jedis jedis = REDIS.jedis()) {
            String info = jedis.info("persistence");
            return info.contains("rdb_bgsave_in_progress:0")
                && info.contains("rdb_last_bgsave_status:" + status);
          }
        });
  }
}
