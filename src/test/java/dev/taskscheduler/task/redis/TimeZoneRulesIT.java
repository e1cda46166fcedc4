package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.schedule.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Nodes with time-zone rules of different versions.
class TimeZoneRulesIT extends SchedulesOnRedis {
  private static final String KEY = NS + "schedule:s";
  private Instant planned = Instant.EPOCH;

  @BeforeEach
  void put() {
    Timing timing =
        Timing.of(List.of(CronExpression.parse("0 9 * * *", "s")), Instant.EPOCH)
            .withZone(ZoneId.of("Europe/Berlin"));
    ScheduleSettings settings =
        new ScheduleSettings(
            timing, true, OverlapPolicy.SKIP, CatchUp.DEFAULT, Duration.ZERO, OptionalInt.empty());
    store.schedules.put(
        "s", new NewSchedule(settings, TASK, every(Duration.ofHours(1)).taskJson()));
    planned = view("s").next().orElseThrow();
  }

  /// Makes the next instant one that other rules have led to.
  private Instant byOtherRules(String version) {
    Instant other = planned.plusSeconds(3600);
    String ms = String.valueOf(other.toEpochMilli());
    store.jedis.hset(KEY, "next", ms);
    store.jedis.hset(KEY, "fire", ms);
    store.jedis.hset(KEY, "rules", version);
    if (store.jedis.zscore(NS + "due", "s") != null) {
      store.jedis.zadd(NS + "due", other.toEpochMilli(), "s");
    }
    return other;
  }

  private void expectDue(Instant at) {
    assertEquals(at, view("s").next().orElseThrow());
    assertEquals(at, view("s").firesAt().orElseThrow());
    assertEquals(at.toEpochMilli(), store.jedis.zscore(NS + "due", "s"));
  }

  @Test
  void newer_rules_compute_the_next_instant_anew() {
    byOtherRules("2000a");
    Repairs.pass(store, token);
    expectDue(planned);
    assertEquals(TimeZones.RULES, store.jedis.hget(KEY, "rules"));
  }

  @Test
  void older_rules_leave_it_as_it_is() {
    Instant other = byOtherRules("9999a");
    Repairs.pass(store, token);
    expectDue(other);
  }

  @Test
  void rules_that_lead_to_the_same_instant_are_noted() {
    store.jedis.hset(KEY, "rules", "2000a");
    Repairs.pass(store, token);
    expectDue(planned);
    assertEquals(TimeZones.RULES, store.jedis.hget(KEY, "rules"));
  }

  @Test
  void one_that_is_paused_is_computed_anew_and_stays_paused() {
    store.schedules.pause("s", "");
    byOtherRules("2000a");
    Repairs.pass(store, token);
    assertEquals(planned, view("s").next().orElseThrow());
    assertNull(store.jedis.zscore(NS + "due", "s"));
    store.schedules.resume("s");
    expectDue(planned);
  }

  @Test
  void an_instant_that_has_passed_fires_by_the_rules_that_planned_it() {
    Instant passed = Instant.ofEpochMilli(Instant.now().toEpochMilli() - 5_000);
    store.jedis.hset(KEY, "next", String.valueOf(passed.toEpochMilli()));
    store.jedis.hset(KEY, "rules", "2000a");
    Repairs.pass(store, token);
    assertEquals(passed, view("s").next().orElseThrow());
    store.jedis.zadd(NS + "due", 0, "s");
    look();
    expectDue(planned);
    assertEquals(TimeZones.RULES, store.jedis.hget(KEY, "rules"));
  }

  @Test
  void an_interval_knows_no_zone() {
    store.schedules.put(
        "s",
        schedule(
            new Interval.FixedDelay(Duration.ofHours(1)),
            OverlapPolicy.SKIP,
            CatchUp.DEFAULT,
            OptionalInt.empty()));
    Instant next = view("s").next().orElseThrow().plusSeconds(3600);
    store.jedis.hset(KEY, "next", String.valueOf(next.toEpochMilli()));
    store.jedis.hset(KEY, "rules", "2000a");
    Repairs.pass(store, token);
    assertEquals(next, view("s").next().orElseThrow());
    assertNotEquals("2000a", store.jedis.hget(KEY, "rules"));
  }
}
