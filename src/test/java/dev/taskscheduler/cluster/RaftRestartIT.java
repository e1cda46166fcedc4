package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Raft members known by name, each of which has another address after its restart, as pods do.
@Timeout(120)
class RaftRestartIT {
  private static final int SIZE = 3;
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private final int port = freePort();
  private final int[] hosts = {11, 12, 13};
  private final NodeProcess[] nodes = new NodeProcess[SIZE];

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Path names() {
    return folder.resolve("hosts");
  }

  private void tellNames() throws IOException {
    List<String> lines = new ArrayList<>(List.of("127.0.0.1 localhost"));
    for (int i = 0; i < SIZE; i++) {
      lines.add("127.0.0." + hosts[i] + " member" + i);
    }
    Files.write(names(), lines);
  }

  private NodeProcess start(RedisServer redis, int index) {
    nodes[index] =
        NodeProcess.program(
            "node" + index,
            Map.of(
                "REDIS_ADDR",
                redis.address(),
                "CONSENSUS_TYPE",
                "raft",
                "JAVA_TOOL_OPTIONS",
                "-Djdk.net.hosts.file=" + names(),
                "RAFT_BIND_ADDR",
                "127.0.0." + hosts[index] + ":" + port,
                "RAFT_DATA_DIR",
                folder.resolve("raft" + index).toString(),
                "RAFT_NODES",
                "node0:member0:%1$d,node1:member1:%1$d,node2:member2:%1$d".formatted(port)));
    return nodes[index];
  }

  @Test
  void each_is_ready_once_it_is_in_touch_so_that_the_next_may_go() throws IOException {
    tellNames();
    try (RedisServer redis = new RedisServer()) {
      NodeProcess first = start(redis, 0);
      first.awaitLine("node started");
      assertEquals(503, first.status("GET", "/health/ready", ""), first::output);
      first.accepted("log", "1");
      start(redis, 1);
      start(redis, 2);
      for (NodeProcess node : nodes) {
        node.awaitReady();
      }
      for (int i = 0; i < SIZE; i++) {
        nodes[i].signal("TERM");
        assertEquals(143, nodes[i].awaitExit());
        hosts[i] += 10;
        tellNames();
        long before = System.nanoTime();
        NodeProcess back = start(redis, i).awaitReady();
        long took = System.nanoTime() - before;
        assertTrue(took < SOON.toNanos(), () -> "ready after ns " + took + back.output());
        back.await("names a leader", () -> !back.leader().isEmpty());
      }
      long all = System.nanoTime();
      nodes[0].await("sees all", () -> !nodes[0].health().contains("\"reachable\":false"));
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - all);
      assertTrue(took < SOON.toMillis(), () -> "all reachable after ms " + took);
    } finally {
      for (NodeProcess node : nodes) {
        if (node != null) {
          node.close();
        }
      }
    }
  }
}
