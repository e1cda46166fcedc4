package dev.taskscheduler.task.redis;

import static dev.taskscheduler.schedule.FireOutcome.BUFFERED;
import static dev.taskscheduler.schedule.FireOutcome.FIRED;
import static dev.taskscheduler.schedule.FireOutcome.FULL;
import static dev.taskscheduler.schedule.FireOutcome.SKIPPED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Schedules in Redis: what calls keep, and what the leader's look makes of what has passed.
class SchedulesIT extends SchedulesOnRedis {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void an_instant_that_passed_has_one_task_with_its_time() {
    store.schedules.put("a", every(HOUR));
    pass("a", HOUR, 1);
    Instant planned = view("a").next().orElseThrow();
    assertEquals(List.of(FIRED), look());
    assertEquals(List.of(), look());
    Claim claim = store.claimOne(token);
    assertArrayEquals(("{\"at\":\"" + planned + "\"}").getBytes(UTF_8), claim.payload());
    assertEquals(Optional.of("a"), claim.options().get(TaskOption.SCHEDULE));
    assertEquals(Optional.of(planned), claim.options().get(TaskOption.SCHEDULED_AT));
    assertEquals(planned.plus(HOUR), view("a").next().orElseThrow());
    FireRecord record = store.schedules.records("a").getFirst();
    assertEquals(new FireRecord(planned, record.at(), FIRED, Optional.of(claim.id()), 0), record);
    assertEquals(List.of(claim.id()), view("a").runs());
    StoreOnRedis.get(store.claims.end(token, claim, dev.taskscheduler.task.Outcome.SUCCESS));
    assertEquals(List.of(), view("a").runs());
  }

  @Test
  void two_looks_at_the_same_instant_fire_it_once() {
    store.schedules.put("a", every(HOUR));
    pass("a", HOUR, 1);
    Fires.Due due = store.fires.due(token, 10);
    var plans = due.schedules().stream().map(s -> FirePlanner.plan(s, due.now())).toList();
    assertEquals(List.of(List.of(FIRED)), store.fires.fire(token, plans));
    assertEquals(List.of(List.of()), store.fires.fire(token, plans), "its instant is another now");
    assertEquals(1, store.claim(token, 10).size());
  }

  /// The reply was lost, and Redis went back to before the fire but for the task.
  @Test
  void an_instant_whose_task_is_there_already_gets_no_second() {
    store.schedules.put("a", every(HOUR));
    pass("a", HOUR, 1);
    String key = NS + "schedule:a";
    String next = store.jedis.hget(key, "next");
    look();
    store.jedis.hset(key, "next", next);
    store.jedis.zadd(NS + "due", Double.parseDouble(next), "a");
    assertEquals(List.of(FIRED), look());
    assertEquals(1, store.claim(token, 10).size());
    assertEquals(0, store.queries.counts().ready().values().stream().mapToLong(n -> n).sum());
  }

  @Test
  void a_leader_of_before_fires_nothing() {
    FencingToken old = token;
    store.schedules.put("a", every(HOUR));
    pass("a", HOUR, 1);
    token = store.lead(2);
    assertThrows(StoreException.Fenced.class, () -> store.fires.due(old, 10));
    assertThrows(StoreException.Fenced.class, () -> store.fires.fire(old, List.of()));
    assertEquals(List.of(FIRED), look());
  }

  @Test
  void a_change_a_pause_and_a_removal_win_against_a_look_under_way() {
    for (String name : List.of("changed", "paused", "gone")) {
      store.schedules.put(name, every(HOUR));
      pass(name, HOUR, 1);
    }
    Fires.Due due = store.fires.due(token, 10);
    store.schedules.put("changed", every(MINUTE));
    store.schedules.pause("paused", "why");
    store.schedules.delete("gone");
    var plans = due.schedules().stream().map(s -> FirePlanner.plan(s, due.now())).toList();
    assertEquals(3, plans.size());
    assertEquals(List.of(List.of(), List.of(), List.of()), store.fires.fire(token, plans));
    assertEquals(List.of(), store.claim(token, 10));
  }

  /// The change keeps the next instant: only its generation tells.
  @Test
  void a_change_that_keeps_its_instants_wins_against_a_look_at_what_was_buffered() {
    store.schedules.put("c", newYear(CatchUp.DEFAULT));
    pass("c", HOUR, 1);
    look();
    pass("c", HOUR, 1);
    assertEquals(List.of(BUFFERED), look());
    endOne();
    Fires.Due due = store.fires.due(token, 10);
    Optional<Instant> next = view("c").next();
    store.schedules.put("c", newYear(new CatchUp(MINUTE, CatchUp.Runs.NONE, 1)));
    assertEquals(next, view("c").next());
    var plans = due.schedules().stream().map(s -> FirePlanner.plan(s, due.now())).toList();
    assertEquals(1, plans.getFirst().instants().size());
    assertEquals(List.of(List.of()), store.fires.fire(token, plans));
    assertEquals(List.of(), store.claim(token, 10));
  }

  private static NewSchedule newYear(CatchUp catchUp) {
    return new NewSchedule(
        new ScheduleSettings(
            Timing.of(List.of(CronExpression.parse("0 0 1 1 *", "c")), Instant.EPOCH),
            true,
            OverlapPolicy.BUFFER_ONE,
            catchUp,
            Duration.ZERO,
            OptionalInt.empty()),
        TASK,
        "{\"payload\":1}".getBytes(UTF_8));
  }

  @Test
  void a_pause_holds_and_what_passed_is_caught_up_as_its_settings_say() {
    store.schedules.put("a", every(Duration.ofMinutes(10)));
    assertEquals(Change.CHANGED, store.schedules.pause("a", "for now"));
    assertEquals(Change.UNCHANGED, store.schedules.pause("a", "for now"));
    assertEquals(ScheduleState.PAUSED, view("a").state());
    assertEquals("for now", view("a").note());
    pass("a", Duration.ofMinutes(10), 4);
    assertEquals(List.of(), look());
    assertEquals(Change.CHANGED, store.schedules.resume("a"));
    assertEquals(Change.UNCHANGED, store.schedules.resume("a"));
    assertEquals(List.of(FIRED), look());
    assertEquals(3, store.schedules.records("a").getFirst().missed());
    assertEquals(Optional.of(3), store.claimOne(token).options().get(TaskOption.MISSED));
    assertEquals(Change.UNKNOWN, store.schedules.pause("b", ""));
    assertEquals(Change.UNKNOWN, store.schedules.resume("b"));
  }

  @Test
  void a_running_run_makes_skip_skip() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.SKIP, CatchUp.DEFAULT));
    pass("a", HOUR, 1);
    assertEquals(List.of(FIRED), look());
    pass("a", HOUR, 1);
    assertEquals(List.of(SKIPPED), look());
    endOne();
    pass("a", HOUR, 1);
    assertEquals(List.of(FIRED), look());
  }

  @Test
  void a_buffered_instant_fires_when_the_run_ends_and_no_more_than_one_waits() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.BUFFER_ONE, CatchUp.DEFAULT));
    pass("a", HOUR, 1);
    assertEquals(List.of(FIRED), look());
    pass("a", HOUR, 1);
    Instant buffered = view("a").next().orElseThrow();
    assertEquals(List.of(BUFFERED), look());
    assertEquals(List.of(buffered), view("a").buffered());
    pass("a", HOUR, 1);
    assertEquals(List.of(SKIPPED), look());
    endOne();
    assertEquals(List.of(FIRED), look());
    assertEquals(List.of(), view("a").buffered());
    assertEquals(
        Optional.of(buffered), store.claimOne(token).options().get(TaskOption.SCHEDULED_AT));
    assertEquals(List.of(), look());
  }

  @Test
  void all_buffered_instants_fire_one_after_the_other() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.BUFFER_ALL, CatchUp.DEFAULT));
    for (int i = 0; i < 3; i++) {
      pass("a", HOUR, 1);
      look();
    }
    assertEquals(2, view("a").buffered().size());
    for (int i = 0; i < 2; i++) {
      endOne();
      assertEquals(FIRED, look().getFirst());
    }
    endOne();
    assertEquals(List.of(), look());
    assertEquals(List.of(), view("a").buffered());
  }

  @Test
  void a_run_is_cancelled_for_the_next_one() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.CANCEL_RUNNING, CatchUp.DEFAULT));
    pass("a", HOUR, 1);
    look();
    String waits = view("a").runs().getFirst();
    pass("a", HOUR, 1);
    look();
    assertEquals("Cancelled", store.state(waits).getClass().getSimpleName());
    Claim runs = store.claimOne(token);
    pass("a", HOUR, 1);
    assertEquals(List.of(FIRED), look());
    assertEquals(List.of(runs.id()), store.maintenance.cancelling(token));
  }

  /// Each of these cancels the one before it, which has just been made.
  @Test
  void of_several_instants_that_cancel_one_another_only_the_last_is_pending() {
    CatchUp all = new CatchUp(Duration.ofHours(5), CatchUp.Runs.ALL, 10);
    store.schedules.put("a", every(HOUR, OverlapPolicy.CANCEL_RUNNING, all));
    pass("a", HOUR, 4);
    assertEquals(List.of(FIRED, FIRED, FIRED, FIRED), look());
    assertEquals(
        1, store.queries.counts().ready().values().stream().mapToLong(Long::longValue).sum());
    assertEquals(view("a").runs(), StoreOnRedis.ids(store.claim(token, 10)));
  }

  @Test
  void a_fixed_delay_is_counted_from_the_end_of_the_run() {
    store.schedules.put(
        "a",
        schedule(
            new Interval.FixedDelay(HOUR),
            OverlapPolicy.SKIP,
            CatchUp.DEFAULT,
            OptionalInt.empty()));
    pass("a", HOUR, 1);
    assertEquals(List.of(FIRED), look());
    assertEquals(Optional.empty(), view("a").next());
    assertEquals(ScheduleState.ACTIVE, view("a").state());
    assertEquals(List.of(), look());
    Instant before = Instant.now();
    endOne();
    assertEquals(List.of(), look());
    Instant next = view("a").next().orElseThrow();
    assertTrue(Duration.between(before.plus(HOUR), next).abs().toSeconds() < 5, next::toString);
  }

  @Test
  void it_ends_after_as_many_fires_as_it_may_make() {
    store.schedules.put(
        "a",
        schedule(
            new Interval.Every(HOUR), OverlapPolicy.ALLOW, CatchUp.DEFAULT, OptionalInt.of(2)));
    pass("a", HOUR, 1);
    look();
    assertEquals(OptionalInt.of(1), view("a").remaining());
    pass("a", HOUR, 1);
    look();
    assertEquals(ScheduleState.ENDED, view("a").state());
    assertEquals(Optional.empty(), view("a").next());
    assertFalse(store.jedis.exists(NS + "due"));
  }

  @Test
  void a_full_store_keeps_the_instant_for_later() {
    try (StoreOnRedis full = new StoreOnRedis(server, ModelRun.LIMITS)) {
      full.schedules.put("a", every(HOUR));
      pass("a", HOUR, 1);
      Instant planned = view("a").next().orElseThrow();
      for (int i = 0; i < ModelRun.LIMITS.maxPending(); i++) {
        full.submit("t" + i, dev.taskscheduler.task.Priority.LOW);
      }
      Fires.Due due = full.fires.due(token, 10);
      var plans = due.schedules().stream().map(s -> FirePlanner.plan(s, due.now())).toList();
      assertEquals(List.of(List.of(FULL)), full.fires.fire(token, plans));
      assertEquals(Optional.of(planned), view("a").next());
      assertEquals(ScheduleState.FAULTY, view("a").state());
      assertEquals("too many tasks are pending", view("a").fault());
      store.jedis.zadd(NS + "due", 0, "a");
      assertEquals(List.of(FIRED), look());
      assertEquals("", view("a").fault());
    }
  }

  @Test
  void one_that_cannot_be_read_stops_no_other() {
    for (String name : List.of("bad", "good")) {
      store.schedules.put(name, every(HOUR));
      pass(name, HOUR, 1);
    }
    store.jedis.hset(NS + "schedule:bad", "settings", "cron=no\nno");
    assertEquals(List.of(FIRED), look());
    assertTrue(store.jedis.hget(NS + "schedule:bad", "fault").startsWith("it cannot be read"));
    store.jedis.hset(NS + "schedule:bad", "task", "x".repeat(300_000));
    store.jedis.hdel(NS + "schedule:bad", "fault");
    store.jedis.zadd(NS + "due", 0, "bad");
    assertEquals(List.of(), look());
    assertTrue(store.jedis.hget(NS + "schedule:bad", "fault").startsWith("it cannot be read"));
    assertTrue(store.jedis.zscore(NS + "due", "bad") > 0, "it is looked at again");
    store.jedis.del(NS + "schedule:good");
    store.jedis.set(NS + "schedule:good", "junk");
    store.jedis.zadd(NS + "due", 0, "good");
    assertEquals(List.of(), look());
    assertEquals("string", store.jedis.type(NS + "damaged:schedule:good"));
  }
}
