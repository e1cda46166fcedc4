package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Priority;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import redis.clients.jedis.Jedis;

/// What follows from the ready lists and from what runs: which queues there are, which have their
/// turns, and the counts.
final class QueueIndexes {
  private static final String NS = "{scheduler}:";

  private QueueIndexes() {}

  /// Fails where something does not follow. A queue with ready tasks that may start has its turns;
  /// one whose tasks may not start is taken out of them by the next claim at the latest.
  static void check(Jedis jedis, Predicate<String> mayStart, Supplier<String> when) {
    checkCounts(jedis, when);
    for (Priority priority : Priority.values()) {
      Set<String> queues = Set.copyOf(jedis.zrange(NS + "queues:" + priority.wire(), 0, -1));
      Set<String> turns = Set.copyOf(jedis.zrange(NS + "turns:" + priority.wire(), 0, -1));
      for (String queue : queues) {
        assertTrue(turns.contains(queue) || !mayStart.test(queue), () -> when.get() + " " + queue);
      }
      assertTrue(queues.containsAll(turns), when);
    }
  }

  /// The same but for the turns.
  static void checkCounts(Jedis jedis, Supplier<String> when) {
    Map<String, String> counts = new TreeMap<>();
    Map<String, String> stale = new TreeMap<>();
    for (Priority priority : Priority.values()) {
      String lists = NS + "ready:" + priority.wire() + ":";
      Set<String> queues = new TreeSet<>();
      long waiting = 0;
      for (String list : jedis.keys(lists + "*")) {
        String queue = list.substring(lists.length());
        queues.add(queue);
        long here =
            jedis.lrange(list, 0, -1).stream()
                .filter(id -> "w".equals(jedis.getrange(NS + "task:" + id, 0, 0)))
                .count();
        long left = jedis.llen(list) - here;
        waiting += here;
        if (left > 0) {
          stale.put(priority.wire() + ":" + queue, String.valueOf(left));
        }
      }
      if (waiting > 0) {
        counts.put(priority.wire(), String.valueOf(waiting));
      }
      assertEquals(queues, Set.copyOf(jedis.zrange(NS + "queues:" + priority.wire(), 0, -1)), when);
    }
    assertEquals(counts, new TreeMap<>(jedis.hgetAll(NS + "counts")), when);
    assertEquals(stale, new TreeMap<>(jedis.hgetAll(NS + "stale")), when);
    Map<String, String> occupied = new TreeMap<>();
    for (String value : jedis.hvals(NS + "running")) {
      String[] words = value.split(" ");
      occupied.merge(
          words.length == 4 ? words[3] : "default",
          "1",
          (one, other) -> String.valueOf(Integer.parseInt(one) + Integer.parseInt(other)));
    }
    assertEquals(occupied, new TreeMap<>(jedis.hgetAll(NS + "occupied")), when);
  }
}
