package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.FailoverParams;

/// Moves and restores Redis, step by step as docs/redis.md says.
@Timeout(180)
class MovedRedisIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path folder;

  /// Submits until it is told to end, and notes what was accepted.
  private static void submit(NodeProcess node, AtomicBoolean over, Queue<String> accepted) {
    while (!over.get()) {
      try {
        var answer = node.submit("log", "1");
        if (answer.statusCode() == 202) { // else 503 while the roles are exchanged
          accepted.add(NodeProcess.id(answer));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void awaitMore(Queue<String> accepted) {
    int before = accepted.size();
    Eventually.await("more are accepted", SOON, () -> accepted.size() >= before + 30);
  }

  @Test
  void a_planned_move_to_another_server_loses_nothing_under_load() throws Exception {
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 my_redis\n");
    try (RedisServer old = new RedisServer("repl-diskless-sync-delay 0");
        RedisServer young = RedisServer.beside(old, "127.0.0.2", "replica-announce-ip 127.0.0.2");
        Jedis onOld = old.jedis();
        Jedis onYoung = young.jedis();
        NodeProcess node =
            NodeProcess.program(
                    "node1",
                    Map.of(
                        "REDIS_ADDR",
                        "my_redis:" + old.port(),
                        "LEASE_TTL",
                        "1s",
                        "JDK_JAVA_OPTIONS",
                        "-Djdk.net.hosts.file=" + hosts))
                .awaitLeads();
        ExecutorService load = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean over = new AtomicBoolean();
      Queue<String> accepted = new ConcurrentLinkedQueue<>();
      Future<?> submits = load.submit(() -> submit(node, over, accepted));
      try {
        onYoung.replicaof("127.0.0.1", old.port());
        Eventually.await(
            "it has copied",
            SOON,
            () -> onYoung.info("replication").contains("master_link_status:up"));
        awaitMore(accepted);
        onOld.failover(
            FailoverParams.failoverParams().to(new HostAndPort("127.0.0.2", young.port())));
        Eventually.await(
            "the roles are exchanged",
            SOON,
            () ->
                onYoung.info("replication").contains("role:master")
                    && onOld.info("replication").contains("master_link_status:up"));
        Files.writeString(hosts, "127.0.0.2 my_redis\n");
        node.awaitLeads();
        awaitMore(accepted);
      } finally {
        over.set(true);
      }
      submits.get();
      for (String task : accepted) {
        node.awaitState(task, "completed");
      }
      onOld.shutdown(); // no longer needed
      node.awaitState(node.accepted("log", "1"), "completed");
    }
  }

  @Test
  void a_backup_of_a_running_server_is_restored_and_what_ran_since_runs_again() throws Exception {
    Path backup = folder.resolve("backup");
    try (RedisServer redis = new RedisServer("appendonly yes")) {
      Map<String, String> environment =
          Map.of("REDIS_ADDR", redis.address(), "LEASE_TTL", "1s", "RETENTION", "1h");
      String before;
      String waiting;
      String since;
      long epoch;
      try (NodeProcess node = NodeProcess.program("node1", environment).awaitLeads();
          Jedis jedis = redis.jedis()) {
        before = node.accepted("log", "1");
        node.awaitState(before, "completed");
        assertEquals(200, node.status("POST", "/pause", ""));
        waiting = node.accepted("log", "2");
        jedis.configSet("auto-aof-rewrite-percentage", "0");
        Eventually.await(
            "no rewrite is under way",
            () -> jedis.info("persistence").contains("aof_rewrite_in_progress:0"));
        copy(redis.folder().resolve("appendonlydir"), backup);
        jedis.configSet("auto-aof-rewrite-percentage", "100");
        node.status("POST", "/resume", "");
        node.awaitState(waiting, "completed");
        since = node.accepted("log", "3");
        node.awaitState(since, "completed");
      }
      // the nodes have been stopped; another leadership, that the backup does not know
      try (NodeProcess node = NodeProcess.program("node1", environment).awaitLeads();
          Jedis jedis = redis.jedis()) {
        epoch = Long.parseLong(jedis.hget("{scheduler}:leader", "epoch"));
        assertTrue(node.alive());
      }
      redis.kill();
      Path data = redis.folder().resolve("appendonlydir");
      try (Stream<Path> files = Files.list(data)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      copy(backup, data);
      redis.restart();
      try (NodeProcess node = NodeProcess.program("node1", environment).awaitLeads();
          Jedis jedis = redis.jedis()) {
        assertTrue(
            Long.parseLong(jedis.hget("{scheduler}:leader", "epoch")) > epoch,
            "epochs follow the clock, so also one that the backup does not know is passed");
        node.awaitState(before, "completed");
        assertEquals(404, node.status("GET", "/tasks/" + since, ""));
        assertTrue(node.task(waiting).contains("\"state\":\"ready\""), () -> node.task(waiting));
        node.status("POST", "/resume", ""); // the pause is as old as the backup
        node.awaitState(waiting, "completed"); // for the second time
        assertTrue(node.health().contains("\"damaged\":0"), node::health);
        assertEquals(List.of(), node.lines(" ERROR "), node::output);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
