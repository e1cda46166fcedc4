package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.CatchUp.Runs;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/// Schedules on days when much goes wrong at once.
@Timeout(120)
class SchedulesBadDaysIT extends SchedulesOnRedis {
  private static final Duration HOUR = Duration.ofHours(1);

  private long tasks(String name) {
    return store.jedis.keys(NS + "task:*").stream()
        .filter(
            key -> store.jedis.get(key).lines().findFirst().orElse("").contains(" s=" + name + " "))
        .count();
  }

  /// Nothing could fire for a day, and the last instant was half an hour ago.
  @ParameterizedTest
  @CsvSource({"LAST, PT1H, 1", "LAST, PT20M, 0", "ALL, P1D, 24", "ALL, PT3H, 3", "NONE, P1D, 0"})
  void a_day_of_downtime_is_caught_up_as_the_settings_say(Runs runs, Duration within, int fired) {
    CatchUp catchUp = new CatchUp(within, runs, 100);
    store.schedules.put("d", every(HOUR, OverlapPolicy.ALLOW, catchUp));
    pass("d", HOUR, 24, Duration.ofMinutes(30));
    List<FireOutcome> outcomes = look();
    assertEquals(fired, outcomes.stream().filter(FireOutcome.FIRED::equals).count());
    assertEquals(fired, tasks("d"));
    List<FireRecord> records = store.schedules.records("d");
    assertEquals(24 - fired, records.stream().mapToInt(FireRecord::missed).sum());
    Instant next = view("d").next().orElseThrow();
    Duration ahead = Duration.between(Instant.now(), next);
    assertTrue(ahead.isPositive() && ahead.compareTo(HOUR) < 0, "it never gives up: " + next);
    assertEquals(List.of(), look());
  }

  @Test
  void ten_thousand_of_one_midnight_fire_once_each_in_bounded_calls() {
    int count = 10_000;
    Timing timing = Timing.of(List.of(CronExpression.parse("0 0 * * *", "s")), Instant.EPOCH);
    ScheduleSettings settings =
        new ScheduleSettings(
            timing,
            true,
            OverlapPolicy.SKIP,
            new CatchUp(Duration.ofDays(1), Runs.LAST, 1),
            Duration.ZERO,
            OptionalInt.empty());
    NewSchedule schedule = new NewSchedule(settings, TASK, every(HOUR).taskJson());
    Map<String, NewSchedule> some = new HashMap<>();
    for (int i = 0; i < count; i++) {
      some.put("s" + i, schedule);
      if (some.size() == 500) {
        store.schedules.apply("g", some, false, false);
        some.clear();
      }
    }
    Instant midnight = Instant.now().truncatedTo(ChronoUnit.DAYS);
    try (Pipeline pipeline = store.jedis.pipelined()) {
      for (int i = 0; i < count; i++) {
        String ms = String.valueOf(midnight.toEpochMilli());
        pipeline.hset(NS + "schedule:s" + i, Map.of("next", ms, "fire", ms));
        pipeline.zadd(NS + "due", midnight.toEpochMilli(), "s" + i);
      }
    }
    int looks = 0;
    Fires.Due due;
    do {
      due = store.fires.due(token, 200);
      assertTrue(due.schedules().size() <= 200);
      Instant now = due.now();
      var plans = due.schedules().stream().map(each -> FirePlanner.plan(each, now)).toList();
      store.fires.fire(token, plans);
      store.fires.fire(token, plans); // as after a lost answer
    } while (due.more() && ++looks < 60);
    assertEquals(count, store.queries.counts().ready().values().stream().mapToLong(n -> n).sum());
    assertEquals(count, store.jedis.keys(NS + "task:*").size());
    assertEquals(count, store.jedis.zcard(NS + "due"));
    double next = midnight.plus(Duration.ofDays(1)).toEpochMilli();
    assertEquals(count, store.jedis.zcount(NS + "due", next, next));
  }

  /// Threads change schedules while a leader fires them. Once a pause, a change or a removal was
  /// answered, nothing fires until the next instant has passed.
  @Test
  void changes_pauses_and_removals_race_with_fires() {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger looks = new AtomicInteger();
    AtomicInteger fired = new AtomicInteger();
    List<String> wrong = new CopyOnWriteArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Void> leader =
          CompletableFuture.runAsync(
              () -> {
                while (!over.get()) {
                  fired.addAndGet((int) look().stream().filter(FireOutcome.FIRED::equals).count());
                  looks.incrementAndGet();
                }
              },
              threads);
      List<CompletableFuture<Void>> editors = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String name = "r" + i;
        Random random = new Random(i);
        editors.add(CompletableFuture.runAsync(() -> edit(name, random, looks, wrong), threads));
      }
      CompletableFuture<Void> edited =
          CompletableFuture.allOf(editors.toArray(CompletableFuture[]::new));
      CompletableFuture.anyOf(edited, leader).join(); // the leader ends first only where it failed
      over.set(true);
      edited.join();
      leader.join();
    }
    assertEquals(List.of(), wrong);
    assertTrue(fired.get() > 50, "fired " + fired);
  }

  private void edit(String name, Random random, AtomicInteger looks, List<String> wrong) {
    try (Jedis jedis = server.jedis()) {
      for (int i = 0; i < 120; i++) {
        store.schedules.put(name, every(HOUR.plusSeconds(i)));
        store.schedules.resume(name);
        makeDue(jedis, name, i);
        int some = looks.get() + random.nextInt(3);
        Eventually.await("looks", () -> looks.get() >= some);
        String change =
            switch (random.nextInt(3)) {
              case 0 -> "pause " + store.schedules.pause(name, "");
              case 1 -> "put " + store.schedules.put(name, every(HOUR.plusSeconds(1000))).change();
              default -> "delete " + store.schedules.delete(name);
            };
        String records = String.valueOf(jedis.lrange(NS + "fires:" + name, 0, -1));
        int after = looks.get() + 3;
        Eventually.await("looks", () -> looks.get() >= after);
        String later = String.valueOf(jedis.lrange(NS + "fires:" + name, 0, -1));
        if (!records.equals(later)) {
          wrong.add(change + ": " + records + " and then " + later);
        }
      }
    }
  }

  private static void makeDue(Jedis jedis, String name, int i) {
    long ms = Instant.now().toEpochMilli() - 1000 - i;
    String key = NS + "schedule:" + name;
    jedis.hset(key, Map.of("next", String.valueOf(ms), "fire", String.valueOf(ms)));
    jedis.zadd(NS + "due", ms, name);
  }
}
