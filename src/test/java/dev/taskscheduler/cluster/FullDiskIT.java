package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A Redis whose append-only file has filled a real, small disk.
@Timeout(90)
class FullDiskIT {
  private static final String PAYLOAD = "\"" + "x".repeat(900_000) + "\"";

  @Test
  void a_redis_whose_disk_is_full_takes_no_task_and_loses_none_that_it_took(@TempDir Path disk)
      throws IOException {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk.toString()),
        "only root can mount a small disk");
    try (RedisServer redis =
            new RedisServer("dir " + disk, "appendonly yes", "appendfsync everysec");
        NodeProcess node =
            NodeProcess.program(
                "node1",
                Map.of("REDIS_ADDR", redis.address(), "LEASE_TTL", "1s", "WORKER_COUNT", "1"))) {
      node.awaitReady().awaitLeads();
      List<String> accepted = new ArrayList<>();
      accepted.add( // the others wait behind it; interrupted, and not charged
          NodeProcess.id(
              node.call(
                  "POST",
                  "/submit",
                  "{\"type\":\"sleep\",\"payload\":{\"ms\":6000},\"maxAttempts\":1}")));
      HttpResponse<String> answer = node.submit("log", PAYLOAD);
      while (answer.statusCode() == 202) {
        assertTrue(accepted.size() < 20, "the disk is never full");
        accepted.add(NodeProcess.id(answer));
        answer = node.submit("log", PAYLOAD);
      }
      assertEquals(503, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("Redis cannot write to its disk"), answer.body());
      node.awaitFollows().await("says why", () -> node.health().contains("disk"));
      assertEquals(1, node.lines(" ERROR ").size(), node::output);
      assertTrue(run("mount", "-o", "remount,size=64m", disk.toString()), "no more space");
      node.awaitLeads();
      accepted.add(node.accepted("log", "1"));
      accepted.forEach(task -> node.awaitState(task, "completed"));
      node.await("is well", () -> !node.health().contains("\"problem\""));
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  private static boolean run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.onExit().orTimeout(10, TimeUnit.SECONDS).join().exitValue() == 0;
  }
}
