package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A schedule of a whole cluster: put through a follower, fired by the leader.
@Timeout(180)
class ScheduledTasksIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final Pattern FIRED =
      Pattern.compile("\"outcome\":\"fired\",\"task\":\"([0-9a-f-]{36})\"");

  private static List<String> fired(NodeProcess node) {
    try {
      String shown = node.call("GET", "/schedules/each-second", "").body();
      return FIRED.matcher(shown).results().map(found -> found.group(1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_schedule_that_a_follower_took_fires_tasks_that_complete() throws Exception {
    try (Cluster cluster = new Cluster(Map.of("LEASE_TTL", "1s"))) {
      NodeProcess follower = cluster.otherThan(cluster.awaitLeader());
      HttpResponse<String> put =
          follower.call(
              "PUT",
              "/schedules/each-second",
              "{\"every\":\"PT1S\",\"task\":{\"payload\":\"{{scheduledAt}}\"}}");
      assertEquals(201, put.statusCode(), put.body());
      Eventually.await("three fires", LIMIT, () -> fired(follower).size() >= 3);
      for (String id : fired(follower).subList(0, 3)) {
        follower.awaitState(id, "completed");
      }
      HttpResponse<String> deleted =
          follower.call("DELETE", "/schedules/each-second?pending=cancel", "");
      assertEquals(200, deleted.statusCode(), deleted.body());
      assertTrue(follower.call("GET", "/schedules", "").body().startsWith("{\"schedules\":[]"));
    }
  }
}
