package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.Situation;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What sums up a namespace, on a real Redis.
class OverviewScriptIT {
  private final RedisServer server = new RedisServer();
  private final StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS);

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  @Test
  void an_empty_namespace_has_nothing() {
    Situation now = store.cluster.situation();
    assertEquals(store.queries.overview(), now.tasks());
    assertEquals(Situation.Some.NONE, now.closed());
    assertEquals(Situation.Some.NONE, now.overdue());
    assertEquals(0, now.schedules());
    assertTrue(Duration.between(now.at(), Instant.now()).abs().toMinutes() < 1);
  }

  @Test
  void all_is_counted_as_the_single_questions_count_it() {
    FencingToken token = store.lead(1);
    store.submitAll(Priority.HIGH, "a", "b", "c");
    store.submitAll(Priority.LOW, "d");
    var claims = store.claim(token, 2);
    StoreOnRedis.get(
        store.claims.end(
            token, claims.getFirst(), new Outcome.Failure("no", false, Optional.empty())));
    store.pauses.pause(new Pause.OfPriority(Priority.LOW));
    store.queues.pause("mails", "why");
    Situation now = store.cluster.situation();
    assertEquals(store.queries.overview().front(), now.tasks().front());
    assertEquals(store.queries.overview().paused(), now.tasks().paused());
    assertEquals(1, now.tasks().counts().dead());
    assertEquals(1, now.tasks().counts().running());
    assertEquals(1, now.tasks().counts().ready().get(Priority.HIGH));
    assertTrue(now.tasks().counts().waited().containsKey(Priority.HIGH));
  }

  @Test
  void only_queues_that_a_target_closed_count_as_closed_and_the_last_to_open_is_named() {
    long now = System.currentTimeMillis();
    for (String queue : Set.of("by-rate", "soon", "late", "open")) {
      store.jedis.zadd(
          "{scheduler}:closed",
          switch (queue) {
            case "soon" -> now + 60_000;
            case "open" -> now - 1;
            default -> now + 600_000;
          },
          queue);
      if (!queue.equals("by-rate")) {
        store.jedis.set("{scheduler}:closing:" + queue, "id why");
      }
    }
    Situation.Some closed = store.cluster.situation().closed();
    assertEquals(
        new Situation.Some(
            2, Optional.of("late"), Optional.of(Instant.ofEpochMilli(now + 600_000))),
        closed);
  }

  @Test
  void schedules_that_should_have_fired_a_minute_ago_are_overdue() {
    store.schedules.put("s", SchedulesOnRedis.every(Duration.ofHours(1)));
    long now = System.currentTimeMillis();
    store.jedis.zadd("{scheduler}:due", now - 10_000, "just");
    assertEquals(Situation.Some.NONE, store.cluster.situation().overdue());
    store.jedis.zadd("{scheduler}:due", now - 90_000, "late");
    store.jedis.zadd("{scheduler}:due", now - 70_000, "later");
    Situation situation = store.cluster.situation();
    assertEquals(
        new Situation.Some(2, Optional.of("late"), Optional.of(Instant.ofEpochMilli(now - 90_000))),
        situation.overdue());
    assertEquals(1, situation.schedules());
  }

  @Test
  void whatever_stands_there_the_answer_is_bounded() {
    String long1 = "x".repeat(100_000);
    for (int i = 0; i < 300; i++) {
      store.jedis.zadd("{scheduler}:closed", Double.POSITIVE_INFINITY, long1 + i);
      store.jedis.set("{scheduler}:closing:" + long1 + i, "?");
    }
    store.jedis.zadd("{scheduler}:due", Double.NEGATIVE_INFINITY, long1);
    Situation now = store.cluster.situation();
    assertEquals(20, now.closed().count());
    assertEquals(128, now.closed().first().orElseThrow().length());
    assertEquals(128, now.overdue().first().orElseThrow().length());
    for (String key : Set.of("closed", "due", "schedules", "counts", "running", "paused")) {
      store.jedis.del("{scheduler}:" + key);
      store.jedis.set("{scheduler}:" + key, "of another type");
    }
    assertEquals(Situation.Some.NONE, store.cluster.situation().closed());
  }

  @Test
  void the_first_of_what_is_scheduled_is_named() {
    store.jedis.zadd("{scheduler}:scheduled", 1_795_424_100_000.0, "later");
    assertEquals(
        Optional.of(Instant.ofEpochMilli(1_795_424_100_000L)),
        store.cluster.situation().tasks().nextDue());
  }

  private long commands() {
    return store
        .jedis
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_commands_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_call_makes_fewer_than_200_commands_however_many_queues_there_are() {
    store.submit("a", Priority.HIGH);
    String record = store.jedis.get("{scheduler}:task:a");
    for (String priority : Set.of("high", "medium", "low")) {
      for (int i = 0; i < 100; i++) {
        String id = priority + i;
        store.jedis.set("{scheduler}:task:" + id, record);
        store.jedis.lpush("{scheduler}:ready:" + priority + ":q" + i, id);
        store.jedis.zadd("{scheduler}:queues:" + priority, 0, "q" + i);
        store.jedis.zadd("{scheduler}:turns:" + priority, i, "q" + i);
        store.jedis.zadd("{scheduler}:closed", System.currentTimeMillis() + 60_000, "c" + i);
        store.jedis.set("{scheduler}:closing:c" + i, "id why");
      }
    }
    store.cluster.situation(); // loads the script
    long fewest = Long.MAX_VALUE; // others ask, too: how Redis is
    for (int i = 0; i < 5; i++) {
      long before = commands();
      assertEquals(3, store.cluster.situation().tasks().front().size());
      fewest = Math.min(fewest, commands() - before);
    }
    assertTrue(fewest < 200, fewest + " commands");
  }
}
