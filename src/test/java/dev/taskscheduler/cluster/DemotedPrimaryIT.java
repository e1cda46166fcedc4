package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// The name of Redis moves to a new primary while the old one lives on as its replica.
@Timeout(120)
class DemotedPrimaryIT {
  private static final Duration SOON = Duration.ofSeconds(15);

  @Test
  void nodes_leave_a_primary_that_was_demoted_and_follow_the_name(@TempDir Path folder)
      throws IOException {
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 my_redis\n");
    try (RedisServer old = new RedisServer();
        RedisServer young =
            RedisServer.beside(old, "127.0.0.2", "replicaof 127.0.0.1 " + old.port());
        Jedis onOld = old.jedis();
        Jedis onYoung = young.jedis()) {
      Map<String, String> environment =
          Map.of(
              "REDIS_ADDR",
              "redis://my_redis:" + old.port(),
              "LEASE_TTL",
              "1s",
              "JDK_JAVA_OPTIONS",
              "-Djdk.net.hosts.file=" + hosts);
      try (NodeProcess leads = NodeProcess.program("node1", environment).awaitLeads();
          NodeProcess follows = NodeProcess.program("node2", environment).awaitReady()) {
        follows.awaitState(follows.accepted("log", "1"), "completed");
        Eventually.await("it has copied", () -> onYoung.exists("{scheduler}:leader"));
        long start = System.nanoTime();
        onYoung.replicaofNoOne();
        onOld.replicaof("127.0.0.2", young.port());
        Files.writeString(hosts, "127.0.0.2 my_redis\n");
        Eventually.await(
            "somebody leads on the new primary",
            SOON,
            () ->
                !onYoung.hget("{scheduler}:leader", "runId").equals(runId(onOld))
                    && leads.health().concat(follows.health()).contains("\"is_leader\":true"));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.Logger log = System.getLogger(DemotedPrimaryIT.class.getName());
        log.log(System.Logger.Level.INFO, "leads on the new primary after " + took);
        for (NodeProcess node : new NodeProcess[] {leads, follows}) {
          node.awaitState(node.accepted("log", "1"), "completed");
        }
        Eventually.await("messages are heard there", SOON, () -> listeners(onYoung) == 6);
        assertEquals(0, listeners(onOld), "still listens to the old one");
        assertTrue(took.compareTo(SOON) < 0, took::toString);
      }
    }
  }

  @Test
  void nodes_follow_a_name_though_the_former_server_answers_as_before(@TempDir Path folder)
      throws IOException {
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 my_redis\n");
    try (RedisServer old = new RedisServer();
        RedisServer young = RedisServer.beside(old, "127.0.0.2");
        Jedis onOld = old.jedis();
        Jedis onYoung = young.jedis();
        NodeProcess node =
            NodeProcess.program(
                    "node1",
                    Map.of(
                        "REDIS_ADDR",
                        "redis://my_redis:" + old.port(),
                        "LEASE_TTL",
                        "1s",
                        "JDK_JAVA_OPTIONS",
                        "-Djdk.net.hosts.file=" + hosts))
                .awaitLeads()) {
      node.awaitState(node.accepted("log", "1"), "completed");
      Files.writeString(hosts, "127.0.0.2 my_redis\n");
      node.awaitLine("redis primary has moved");
      Eventually.await("it leads there", SOON, () -> onYoung.exists("{scheduler}:leader"));
      node.awaitLeads();
      node.awaitState(node.accepted("log", "1"), "completed");
      Eventually.await("messages are heard there", SOON, () -> listeners(onYoung) == 3);
      assertEquals(0, listeners(onOld), "still listens to the old one");
      assertEquals(0, named(onOld), "connections to the old one are still used");
    }
  }

  private static long named(Jedis jedis) {
    return jedis.clientList().lines().filter(line -> line.contains(" name=node1")).count();
  }

  private static String runId(Jedis jedis) {
    return jedis.info("server").replaceFirst("(?s).*run_id:(\\w+).*", "$1");
  }

  private static long listeners(Jedis jedis) {
    return jedis
        .pubsubNumSub("{scheduler}:wake", "{scheduler}:maintenance", "{scheduler}:cancel")
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
