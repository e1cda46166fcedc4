package dev.taskscheduler.task.redis;

import static dev.taskscheduler.schedule.FireOutcome.BUFFERED;
import static dev.taskscheduler.schedule.FireOutcome.FIRED;
import static dev.taskscheduler.schedule.FireOutcome.FULL;
import static dev.taskscheduler.schedule.FireOutcome.SKIPPED;
import static dev.taskscheduler.schedule.FireOutcome.TRIGGERED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// Schedules in Redis: what calls keep, and what the leader's look makes of what has passed.
class SchedulesIT extends SchedulesOnRedis {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void what_is_put_is_shown_and_the_same_again_changes_nothing() {
    assertEquals(Change.CREATED, store.schedules.put("a", every(HOUR)).change());
    ScheduleView first = view("a");
    ScheduleView second = store.schedules.put("b2", every(HOUR)).view().orElseThrow();
    assertEquals(view("b2").next(), second.next(), "created in one call");
    assertEquals(view("b2").generation(), second.generation());
    assertEquals(view("b2").created(), second.created());
    store.schedules.delete("b2");
    assertEquals(ScheduleState.ACTIVE, first.state());
    assertEquals(first.created().plus(HOUR), first.next().orElseThrow());
    assertEquals(first.next(), first.firesAt());
    assertEquals(Change.UNCHANGED, store.schedules.put("a", every(HOUR)).change());
    assertEquals(first.generation(), view("a").generation());
    assertEquals(Change.CHANGED, store.schedules.put("a", every(MINUTE)).change());
    assertEquals(first.created().plus(MINUTE), view("a").next().orElseThrow());
    assertTrue(view("a").generation() > first.generation());
    assertEquals(Optional.empty(), store.schedules.find("b"));
  }

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
  void a_trigger_fires_now_and_obeys_its_overlap_policy() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.SKIP, CatchUp.DEFAULT));
    Instant next = view("a").next().orElseThrow();
    var done = store.schedules.trigger("a", false);
    assertEquals(Optional.of(TRIGGERED), done.outcome());
    assertEquals(done.task(), Optional.of(view("a").runs().getFirst()));
    assertEquals(Optional.of(SKIPPED), store.schedules.trigger("a", false).outcome());
    assertEquals(Optional.of(TRIGGERED), store.schedules.trigger("a", true).outcome());
    assertEquals(2, store.claim(token, 10).size());
    assertEquals(Optional.of(next), view("a").next());
    assertEquals(Optional.empty(), store.schedules.trigger("b", false).outcome());
    assertEquals(
        List.of(TRIGGERED, SKIPPED, TRIGGERED),
        store.schedules.records("a").stream().map(FireRecord::outcome).toList());
  }

  @Test
  void a_backfill_gives_each_instant_one_task_however_often_it_is_asked_for() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.SKIP, CatchUp.DEFAULT));
    pass("a", HOUR, 1);
    Instant fired = view("a").next().orElseThrow();
    look();
    List<Instant> instants = List.of(fired.minus(HOUR), fired, fired.minus(HOUR.multipliedBy(2)));
    var done = store.schedules.backfill("a", instants).orElseThrow();
    assertEquals(List.of(instants.getLast(), instants.getFirst()), List.copyOf(done.keySet()));
    assertEquals(Map.of(), store.schedules.backfill("a", instants).orElseThrow());
    assertEquals(3, store.claim(token, 10).size());
    assertEquals(FireOutcome.BACKFILLED, store.schedules.records("a").getFirst().outcome());
    assertEquals(Optional.empty(), store.schedules.backfill("b", instants));
  }

  @Test
  void a_group_is_applied_as_a_whole() {
    store.schedules.put("mine", every(HOUR));
    Map<String, NewSchedule> all = Map.of("a", every(HOUR), "b", every(HOUR), "mine", every(HOUR));
    Map<String, Change> created =
        Map.of("a", Change.CREATED, "b", Change.CREATED, "mine", Change.CHANGED);
    assertEquals(created, store.schedules.apply("g", all, true, true));
    assertEquals(Optional.empty(), store.schedules.find("a"));
    assertEquals(created, store.schedules.apply("g", all, true, false));
    assertEquals("g", view("mine").group());
    Map<String, NewSchedule> fewer = Map.of("a", every(HOUR), "b", every(MINUTE));
    assertEquals(
        Map.of("a", Change.UNCHANGED, "b", Change.CHANGED),
        store.schedules.apply("g", fewer, false, false));
    assertEquals(
        Map.of("a", Change.UNCHANGED, "b", Change.UNCHANGED, "mine", Change.REMOVED),
        store.schedules.apply("g", fewer, true, false));
    assertEquals(Optional.empty(), store.schedules.find("mine"));
    store.schedules.put("a", every(MINUTE));
    assertEquals("g", view("a").group(), "a change by itself leaves it in its group");
    assertEquals(
        Map.of("a", Change.REMOVED, "b", Change.REMOVED),
        store.schedules.apply("g", Map.of(), true, false));
    assertEquals(0, store.schedules.overview().all());
    assertFalse(store.jedis.exists(NS + "group:g"));
  }

  @Test
  void pages_are_in_the_order_of_names() {
    for (String name : List.of("c", "a", "b")) {
      store.schedules.put(name, every(HOUR));
    }
    var page = store.schedules.list("", 2);
    assertEquals(List.of("a", "b"), page.schedules().stream().map(ScheduleView::name).toList());
    assertEquals(Optional.of("b"), page.next());
    page = store.schedules.list("b", 2);
    assertEquals(List.of("c"), page.schedules().stream().map(ScheduleView::name).toList());
    assertEquals(Optional.empty(), page.next());
    assertEquals(3, store.schedules.overview().all());
    assertEquals(3, store.schedules.overview().active());
  }

  @Test
  void nothing_is_left_of_one_that_is_removed() {
    store.schedules.put("a", every(HOUR));
    pass("a", HOUR, 1);
    look();
    assertEquals(Change.CHANGED, store.schedules.delete("a"));
    assertEquals(Change.UNKNOWN, store.schedules.delete("a"));
    for (String key : List.of("schedule:a", "fires:a", "due", "schedules")) {
      assertFalse(store.jedis.exists(NS + key), key);
    }
    endOne();
    assertFalse(store.jedis.exists(NS + "due"));
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
    store.jedis.del(NS + "schedule:good");
    store.jedis.set(NS + "schedule:good", "junk");
    store.jedis.zadd(NS + "due", 0, "good");
    assertEquals(List.of(), look());
    assertEquals("string", store.jedis.type(NS + "damaged:schedule:good"));
  }
}
