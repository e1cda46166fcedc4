package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Schedules in a file: the leader keeps them as they stand there.
@Timeout(120)
class ScheduleFileIT {
  private static final String TWO =
      """
      schedules:
        report:
          every: PT1H
          task: {payload: 1}
        sweep:
          every: PT2H
          task: {payload: 2}
      """;

  @TempDir Path folder;

  private Path file;

  private void write(String text) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String schedules(NodeProcess node) {
    try {
      return node.call("GET", "/schedules", "").body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void what_stands_in_the_file_is_applied_and_applied_again_when_it_changes() throws IOException {
    file = folder.resolve("schedules.yaml");
    write(TWO);
    try (RedisServer redis = new RedisServer();
        NodeProcess node =
            NodeProcess.program(
                "node1",
                Map.of(
                    "REDIS_ADDR", redis.address(),
                    "LEASE_TTL", "1s",
                    "SCHEDULES_FILE", file.toString()))) {
      node.await("applies it", () -> schedules(node).contains("sweep"));
      assertTrue(schedules(node).contains("\"group\":\"file\""), schedules(node));
      node.call("PUT", "/schedules/other", "{\"every\":\"PT1H\",\"task\":{\"payload\":1}}");

      write("schedules: {report: {every: PT3H}}");
      node.await("tells the fault", () -> node.health().contains("report/task is missing"));
      assertTrue(schedules(node).contains("sweep"), schedules(node));

      Files.delete(file);
      node.await("misses it", () -> node.health().contains("there is none at this path"));
      assertTrue(schedules(node).contains("sweep"), schedules(node));

      write(TWO.replace("sweep", "clean").replace("PT1H", "PT3H"));
      node.await("removes what is gone", () -> !schedules(node).contains("sweep"));
      String all = schedules(node);
      assertTrue(all.contains("clean") && all.contains("every 3 hours"), all);
      assertTrue(all.contains("other"), "of no group: " + all);
      assertFalse(node.health().contains("file_problems"), node.health());
    }
  }
}
