package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Activity;
import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.History;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PastLeader;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What was done when, and who has led, on a real Redis.
@Timeout(60)
class HistoryScriptsIT {
  private static final String HISTORY = "{scheduler}:history";
  private static final int BYTES = 40 * (120 + 290);

  private final RedisServer server = new RedisServer();
  private final StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS);
  private final Activity activity = new Activity();

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  private long seconds() {
    return Long.parseLong(store.jedis.time().getFirst());
  }

  private void slot(int from, int places, long number, long... counts) {
    StringBuilder slot = new StringBuilder("%08x".formatted(number));
    for (long count : counts) {
      slot.append("%08x".formatted(count));
    }
    store.jedis.setrange(HISTORY, from + 40 * (number % places), slot.toString());
  }

  @Test
  void without_any_activity_all_steps_are_zero_and_nothing_is_written() {
    History history = store.cluster.history(History.Window.QUARTER_OF_AN_HOUR);
    assertEquals(90, history.steps().size());
    assertEquals(Duration.ofSeconds(10), history.step());
    assertTrue(history.steps().stream().allMatch(ActivityCounts.NONE::equals));
    History day = store.cluster.history(History.Window.DAY);
    assertEquals(288, day.steps().size());
    assertEquals(Duration.ofMinutes(5), day.step());
    assertEquals(ActivityCounts.NONE, store.cluster.situation().lastMinute());
    assertTrue(!store.jedis.exists(HISTORY));
  }

  @Test
  void steps_that_are_over_are_shown_in_their_order_and_older_ones_are_not() {
    long now = seconds();
    IntStream.range(0, 120).forEach(i -> slot(0, 120, now / 10 - i, i, 2 * i, 3, 4));
    IntStream.range(0, 290).forEach(i -> slot(4800, 290, now / 300 - i, i, 1, 0, 0));
    History history = store.cluster.history(History.Window.QUARTER_OF_AN_HOUR);
    long last = history.from().getEpochSecond() / 10 + 89;
    for (int i = 0; i < 90; i++) {
      long ago = now / 10 - last + 89 - i;
      assertEquals(new ActivityCounts(ago, 2 * ago, 3, 4), history.steps().get(i));
    }
    History day = store.cluster.history(History.Window.DAY);
    assertEquals(288, day.steps().stream().filter(step -> step.started() == 1).count());
    ActivityCounts minute = store.cluster.situation().lastMinute();
    assertEquals(18, minute.completed());
    assertEquals(24, minute.failed());
    assertEquals(BYTES, store.jedis.strlen(HISTORY));
  }

  /// The sums of all slots of a ring, whenever they are of.
  private long submitted(int from, int places) {
    String ring = store.jedis.getrange(HISTORY, from, from + 40L * places - 1);
    long sum = 0;
    for (int at = 0; at + 40 <= ring.length(); at += 40) {
      String count = ring.substring(at + 8, at + 16);
      sum += count.startsWith("\0") ? 0 : Long.parseLong(count, 16);
    }
    return sum;
  }

  @Test
  void what_nodes_did_is_added_up_and_a_closed_node_has_written_all() {
    store.lead(1);
    store.tasks.keep(activity);
    activity.submitted();
    Eventually.await("written", () -> store.jedis.exists(HISTORY));
    try (StoreOnRedis other = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      Activity more = new Activity();
      other.tasks.keep(more);
      for (int i = 0; i < 1_000; i++) {
        more.submitted();
      }
    }
    assertEquals(1_001, submitted(0, 120));
    assertEquals(1_001, submitted(4800, 290));
    assertTrue(store.jedis.strlen(HISTORY) <= BYTES);
    assertTrue(store.jedis.memoryUsage(HISTORY) < 40_000);
  }

  @Test
  void a_new_slot_takes_the_place_of_the_oldest() {
    store.lead(1);
    long now = seconds();
    for (int i = 0; i < 3; i++) {
      slot(0, 120, now / 10 + i - 120, 7, 7, 7, 7);
    }
    store.tasks.keep(activity);
    activity.submitted();
    Eventually.await("written", () -> submitted(4800, 290) == 1);
    assertEquals(15, submitted(0, 120));
  }

  @Test
  void whatever_stands_there_is_shown_as_nothing_and_mended_by_the_next_write() {
    store.lead(1);
    store.tasks.keep(activity);
    for (String odd : List.of("", "x".repeat(1_000_000), "ffffffff".repeat(3_000), "\0\0")) {
      store.jedis.set(HISTORY, odd);
      assertEquals(ActivityCounts.NONE, store.cluster.situation().lastMinute());
      for (History.Window window : History.Window.values()) {
        assertTrue(
            store.cluster.history(window).steps().stream().allMatch(ActivityCounts.NONE::equals));
      }
    }
    store.jedis.del(HISTORY);
    store.jedis.lpush(HISTORY, "of another type");
    assertEquals(ActivityCounts.NONE, store.cluster.situation().lastMinute());
    assertEquals(90, store.cluster.history(History.Window.QUARTER_OF_AN_HOUR).steps().size());
    activity.submitted();
    Eventually.await("it is a string again", () -> store.jedis.type(HISTORY).equals("string"));
    assertTrue(store.jedis.exists("{scheduler}:damaged:history"));
  }

  @Test
  void a_count_stays_within_its_digits() {
    store.lead(1);
    long now = seconds();
    for (int i = 0; i < 3; i++) {
      slot(0, 120, now / 10 + i, 4_294_967_295L, 0, 0, 0);
    }
    store.tasks.keep(activity);
    activity.submitted();
    Eventually.await("written", () -> submitted(4800, 290) == 1);
    assertEquals(3 * 4_294_967_295L, submitted(0, 120));
  }

  @Test
  void leaders_are_shown_newest_first_with_what_is_known_of_them() {
    String leaders = "{scheduler}:leaders";
    store.jedis.zadd(leaders, 1, "1 node1");
    store.jedis.zadd(leaders, 2, "2 node2\tredis\t1795424100000\tstopped");
    store.jedis.zadd(leaders, 3, "3 \0\n");
    store.jedis.zadd(leaders, 4, "x".repeat(100_000));
    store.jedis.zadd(leaders, Double.POSITIVE_INFINITY, "5 node1\tredis\tnever\twhy");
    PastLeader first =
        new PastLeader("node1", 1, Optional.empty(), Optional.empty(), Optional.empty());
    PastLeader second =
        new PastLeader(
            "node2",
            2,
            Optional.of("redis"),
            Optional.of(Instant.ofEpochMilli(1_795_424_100_000L)),
            Optional.of("stopped"));
    assertEquals(List.of(second, first), store.cluster.leaders(10));
    assertEquals(List.of(), store.cluster.leaders(2));
    store.jedis.del(leaders);
    store.jedis.set(leaders, "of another type");
    assertEquals(List.of(), store.cluster.leaders(10));
  }

  @Test
  void what_the_lease_says_is_noted_with_the_leader_and_attempts_name_the_node_alone() {
    var token = store.lead(1);
    store.submit("a", Priority.HIGH);
    store.jedis.hset("{scheduler}:leader", "elector", "raft");
    store.jedis.hset("{scheduler}:leader", "since", "1795424100000");
    store.jedis.hset("{scheduler}:leader", "why", "silent");
    store.claims.recordLeader(token);
    var claim = store.claimOne(token);
    StoreOnRedis.get(store.claims.end(token, claim, Outcome.SUCCESS));
    assertEquals(Optional.of("silent"), store.cluster.leaders(1).getFirst().why());
    assertEquals(
        Optional.of("node1"), store.queries.details("a").orElseThrow().history().getLast().node());
  }
}
