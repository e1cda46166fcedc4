package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/// Redis is killed over the fires of a schedule, and comes back with older data.
@Timeout(180)
class SchedulesRolledBackIT {
  private static final Pattern MADE = Pattern.compile("^[^\n]* s=s i=(\\d+)");
  private static final Duration LIMIT = Duration.ofSeconds(40);

  /// The ids of the tasks that the schedule made, by their planned ms.
  private static Map<Long, List<String>> made(RedisServer redis) {
    Map<Long, List<String>> made = new TreeMap<>();
    try (Jedis jedis = redis.jedis()) {
      for (String key : jedis.keys("{scheduler}:task:*")) {
        Matcher found = MADE.matcher(String.valueOf(jedis.get(key)));
        if (found.find()) {
          made.computeIfAbsent(Long.valueOf(found.group(1)), _ -> new ArrayList<>()).add(key);
        }
      }
    }
    return made;
  }

  @Test
  void each_planned_instant_has_one_task_with_the_same_id_as_before() throws Exception {
    try (RedisServer redis = new RedisServer();
        NodeProcess node =
            NodeProcess.program(
                "node1", Map.of("REDIS_ADDR", redis.address(), "LEASE_TTL", "1s"))) {
      node.awaitReady().awaitLeads();
      node.call(
          "PUT",
          "/schedules/s",
          "{\"every\":\"PT1S\",\"overlap\":\"allow\",\"task\":{\"payload\":\"{{scheduledAt}}\"}}");
      Eventually.await("three fires", LIMIT, () -> made(redis).size() >= 3);
      try (Jedis jedis = redis.jedis()) {
        jedis.save();
      }
      Eventually.await("three more", LIMIT, () -> made(redis).size() >= 6);
      Map<Long, List<String>> lost = new HashMap<>(made(redis));
      redis.restart();
      lost.keySet().removeAll(made(redis).keySet());
      assertFalse(lost.isEmpty(), "data of before");

      long last = lost.keySet().stream().mapToLong(ms -> ms).max().orElseThrow();
      Eventually.await(
          "three after these",
          LIMIT,
          () -> made(redis).keySet().stream().filter(ms -> ms > last).count() >= 3);
      Map<Long, List<String>> all = made(redis);
      lost.forEach((planned, keys) -> assertEquals(keys, all.get(planned), "fired again"));
      List<Long> instants = List.copyOf(all.keySet());
      for (int i = 1; i < instants.size(); i++) {
        assertEquals(1000, instants.get(i) - instants.get(i - 1), instants::toString);
      }
      assertTrue(all.values().stream().allMatch(keys -> keys.size() == 1), all::toString);
    }
  }
}
