package dev.taskscheduler.task.redis;

import static dev.taskscheduler.schedule.FireOutcome.SKIPPED;
import static dev.taskscheduler.schedule.FireOutcome.TRIGGERED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What calls for schedules keep, show and do, in Redis.
class ScheduleCommandsIT extends SchedulesOnRedis {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

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
    assertEquals(List.of(), store.schedules.list("", 10).schedules());
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
    assertEquals(0, page.schedules().getFirst().taskJson().length, "a page has no tasks");
    page = store.schedules.list("b", 2);
    assertEquals(List.of("c"), page.schedules().stream().map(ScheduleView::name).toList());
    assertEquals(Optional.empty(), page.next());
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
}
