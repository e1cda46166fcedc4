package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// Nodes over Redis with Sentinels, and over a Redis Cluster, while the primary is replaced under
/// load. Redis's users have the rights that docs/operations.md names, and no others.
@Timeout(180)
class FailoverIT {
  private static final String SUBMISSION =
      "{\"type\":\"log\",\"payload\":1,\"durability\":\"replica\"}";

  private static final Duration SOON = Duration.ofSeconds(2);

  @TempDir private Path folder;

  private static String rights(String more) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("docs/operations.md"))) {
      return lines
              .map(String::strip)
              .filter(line -> line.startsWith("user scheduler on >secret "))
              .findFirst()
              .orElseThrow()
          + more;
    }
  }

  private static NodeProcess node(String id, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("LEASE_TTL", "1s");
    return NodeProcess.program(id, all);
  }

  /// Submits through a node, one task after the other, until it is closed.
  private static final class Load implements AutoCloseable {
    private final NodeProcess node;
    private final Queue<String> onReplica = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closed;

    private Load(NodeProcess node) {
      this.node = node;
      this.thread = Thread.ofVirtual().start(this::submit);
    }

    private void submit() {
      while (!closed) {
        try {
          HttpResponse<String> answer = node.call("POST", "/submit", SUBMISSION);
          if (answer.statusCode() != 202) {
            refused.incrementAndGet();
          } else if (answer.body().contains("\"durability\":\"replica\"")) {
            onReplica.add(NodeProcess.id(answer));
          }
        } catch (IOException e) {
          refused.incrementAndGet();
        }
      }
    }

    /// Waits until more were stored on a replica than so far, and so whoever leads is found.
    private void awaitMore() {
      int before = onReplica.size();
      node.await("stores again", () -> onReplica.size() > before + 10);
    }

    private void assertAllCompleted() throws IOException {
      close();
      assertTrue(onReplica.size() >= 30, () -> "stored " + onReplica.size());
      for (String task : onReplica) {
        node.awaitState(task, "completed");
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Waits until somebody leads on the server that serves now, and a task has run.
  private static void assertRunsAgain(
      String what, NodeProcess node, Supplier<RedisServer> serves, long start) {
    node.await("a lease is granted there", () -> hasLease(serves));
    node.await("a task is accepted and runs", () -> runs(node));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.getLogger(FailoverIT.class.getName())
        .log(System.Logger.Level.INFO, () -> what + ": a task ran after " + took);
  }

  private static boolean hasLease(Supplier<RedisServer> serves) {
    try (Jedis jedis = serves.get().jedis()) {
      String runId = jedis.hget("{scheduler}:leader", "runId");
      return runId != null && jedis.info("server").contains("run_id:" + runId);
    } catch (IllegalStateException | JedisException e) {
      return false; // nobody serves, or the former one
    }
  }

  /// One that the former primary accepts is lost, since it is on no replica: then another.
  private static boolean runs(NodeProcess node) {
    try {
      HttpResponse<String> answer = node.submit("log", "1");
      if (answer.statusCode() != 202) {
        return false;
      }
      String id = NodeProcess.id(answer);
      Eventually.await("it runs", SOON, () -> node.task(id).contains("\"state\":\"completed\""));
      return true;
    } catch (IOException | AssertionError e) {
      return false;
    }
  }

  @Test
  void nodes_follow_the_primary_that_sentinels_name_and_what_is_on_a_replica_is_not_lost()
      throws IOException {
    Path password = Files.writeString(folder.resolve("password"), "secret\n");
    Path sentinels = Files.writeString(folder.resolve("sentinels"), "sesame\n");
    try (RedisGroups.Watched group = new RedisGroups.Watched(rights(""))) {
      group.sentinelUser("user watcher on >sesame resetchannels -@all +sentinel|master");
      Map<String, String> environment =
          Map.of(
              "REDIS_ADDR",
              group.address().replace("://", "://scheduler@"),
              "REDIS_PASSWORD_FILE",
              password.toString(),
              "REDIS_SENTINEL_USER",
              "watcher",
              "REDIS_SENTINEL_PASSWORD_FILE",
              sentinels.toString());
      try (NodeProcess leads = node("node1", environment).awaitLeads();
          NodeProcess follows = node("node2", environment).awaitReady();
          Load load = new Load(follows)) {
        load.awaitMore();
        long start = System.nanoTime();
        group.failOver();
        assertRunsAgain("planned failover by Sentinels", follows, group::primary, start);
        group.rejoin(group.replica());
        load.awaitMore();
        RedisServer killed = group.primary();
        start = System.nanoTime();
        killed.kill();
        group.awaitOther(killed);
        assertRunsAgain("primary killed, Sentinels", follows, group::primary, start);
        killed.restart();
        load.awaitMore();
        load.assertAllCompleted();
        assertQuiet(leads, "secret", "sesame");
        assertQuiet(follows, "secret", "sesame");
      }
    }
  }

  @Test
  void without_a_majority_of_sentinels_a_lost_primary_is_waited_for() throws IOException {
    try (RedisGroups.Watched group = new RedisGroups.Watched();
        NodeProcess node = node("node1", Map.of("REDIS_ADDR", group.address())).awaitLeads()) {
      RedisServer primary = group.primary();
      group.sentinels().get(0).pause();
      group.sentinels().get(1).pause();
      node.await("a task is accepted and runs", () -> runs(node)); // on what was known
      primary.pause();
      node.awaitNotReady().awaitFollows();
      assertEquals(503, node.submit("log", "1").statusCode());
      primary.resume();
      node.awaitLeads();
      node.await("a task is accepted and runs", () -> runs(node));
      group.sentinels().get(0).resume();
      group.sentinels().get(1).resume();
      assertQuiet(node);
    }
  }

  @Test
  void nodes_follow_the_slot_of_their_namespace_and_what_is_on_a_replica_is_not_lost()
      throws IOException {
    String rights = rights(" +cluster|slots +cluster|info");
    try (RedisGroups.Cluster cluster = new RedisGroups.Cluster(true, rights)) {
      Map<String, String> environment =
          Map.of("REDIS_ADDR", cluster.address().replace("://", "://scheduler:secret@"));
      try (NodeProcess leads = node("node1", environment).awaitLeads();
          NodeProcess follows = node("node2", environment).awaitReady();
          Load load = new Load(follows)) {
        load.awaitMore();
        long start = System.nanoTime();
        cluster.failOver("scheduler");
        assertRunsAgain(
            "planned failover in a Cluster", follows, () -> cluster.primary("scheduler"), start);
        load.awaitMore();
        RedisServer killed = cluster.primary("scheduler");
        start = System.nanoTime();
        killed.kill();
        assertRunsAgain(
            "primary killed, Cluster", follows, () -> cluster.primary("scheduler"), start);
        killed.restart();
        load.awaitMore();
        RedisServer from = cluster.primary("scheduler");
        RedisServer to = cluster.other("scheduler");
        start = System.nanoTime();
        cluster.beginMove("scheduler", from, to);
        while (cluster.moveKeys("scheduler", from, to, 10)) {
          assertEquals(0, follows.lines("set aside").size(), follows::output);
        }
        cluster.endMove("scheduler", to);
        assertRunsAgain("slot moved", follows, () -> cluster.primary("scheduler"), start);
        load.awaitMore();
        load.assertAllCompleted();
        for (NodeProcess node : List.of(leads, follows)) {
          assertEquals(List.of(), node.lines("damaged entries set aside"), node::output);
          assertTrue(node.health().contains("\"damaged\":0"), node::health);
          assertQuiet(node, "secret");
        }
      }
    }
  }

  /// A failover heals alone, so nothing is logged that a person must act on.
  private static void assertQuiet(NodeProcess node, String... secrets) {
    assertEquals(List.of(), node.lines(" ERROR "), node::output);
    for (String secret : secrets) {
      assertTrue(!(node.output() + node.health()).contains(secret), node::output);
    }
  }
}
