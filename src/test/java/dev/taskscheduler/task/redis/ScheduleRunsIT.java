package dev.taskscheduler.task.redis;

import static dev.taskscheduler.schedule.FireOutcome.BUFFERED;
import static dev.taskscheduler.schedule.FireOutcome.FIRED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The runs of a schedule where calls come twice, out of turn, or late.
class ScheduleRunsIT extends SchedulesOnRedis {
  private static final Duration HOUR = Duration.ofHours(1);

  private static NewSchedule fixedDelay() {
    return schedule(
        new Interval.FixedDelay(HOUR), OverlapPolicy.ALLOW, CatchUp.DEFAULT, OptionalInt.empty());
  }

  @Test
  void a_second_copy_of_a_call_does_not_buffer_what_has_fired() {
    store.schedules.put("a", every(HOUR, OverlapPolicy.BUFFER_ALL, CatchUp.DEFAULT));
    pass("a", HOUR, 1);
    look();
    pass("a", HOUR, 1);
    assertEquals(List.of(BUFFERED), look());
    endOne();
    Fires.Due due = store.fires.due(token, 10);
    var plans = due.schedules().stream().map(each -> FirePlanner.plan(each, due.now())).toList();
    assertEquals(List.of(List.of(FIRED)), store.fires.fire(token, plans));
    int records = store.schedules.records("a").size();
    assertEquals(List.of(List.of()), store.fires.fire(token, plans));
    assertEquals(List.of(), view("a").buffered());
    assertEquals(records, store.schedules.records("a").size());
    assertEquals(1, store.claim(token, 10).size());
  }

  @ParameterizedTest
  @EnumSource
  void an_instant_that_was_backfilled_before_the_leader_came_to_it_has_one_run(
      OverlapPolicy overlap) {
    store.schedules.put("a", every(HOUR, overlap, CatchUp.DEFAULT));
    pass("a", HOUR, 1);
    Instant planned = view("a").next().orElseThrow();
    String id = store.schedules.backfill("a", List.of(planned)).orElseThrow().get(planned);
    assertEquals(List.of(FIRED), look());
    assertEquals(List.of(id), view("a").runs());
    assertEquals(List.of(), view("a").buffered());
    assertEquals(id, store.claimOne(token).id(), "it was not cancelled");
    assertEquals(List.of(), store.maintenance.cancelling(token));
    assertEquals(List.of(), store.claim(token, 10));
  }

  @Test
  void a_fixed_delay_that_waits_for_its_run_is_sound() {
    store.schedules.put("a", fixedDelay());
    pass("a", HOUR, 1);
    assertEquals(List.of(FIRED), look());
    assertEquals(Map.of(), Repairs.pass(store, token));
    endOne();
    store.jedis.del(NS + "due"); // the word of the end is lost
    Repairs.pass(store, token);
    look();
    assertTrue(view("a").next().isPresent());
  }

  @Test
  void a_fixed_delay_counts_from_the_run_that_ended_last() {
    store.schedules.put("a", fixedDelay());
    pass("a", HOUR, 1);
    look();
    store.schedules.trigger("a", true);
    Claim older = store.claimOne(token);
    Claim newer = store.claimOne(token);
    StoreOnRedis.get(store.claims.end(token, newer, Outcome.SUCCESS));
    long early = (System.currentTimeMillis() - HOUR.toMillis()) * 1000;
    store.jedis.setrange(NS + "task:" + newer.id(), 14, "%013x".formatted(early));
    StoreOnRedis.get(store.claims.end(token, older, Outcome.SUCCESS));
    Instant ended = Instant.now();
    look();
    Instant next = view("a").next().orElseThrow();
    assertTrue(Duration.between(ended.plus(HOUR), next).abs().toSeconds() < 30, next::toString);
  }

  @Test
  void what_a_put_answers_is_what_is_shown() {
    for (NewSchedule schedule : List.of(fixedDelay(), every(HOUR))) {
      store.schedules.delete("a");
      var put = store.schedules.put("a", schedule).view().orElseThrow();
      assertEquals(view("a").next(), put.next());
      assertEquals(view("a").firesAt(), put.firesAt());
      assertEquals(view("a").created(), put.created());
    }
  }

  @Test
  void a_plan_for_another_generation_does_nothing() {
    store.schedules.put("a", every(HOUR));
    pass("a", HOUR, 1);
    Fires.Due due = store.fires.due(token, 10);
    var plans = due.schedules().stream().map(each -> FirePlanner.plan(each, due.now())).toList();
    store.jedis.hincrBy(NS + "schedule:a", "generation", 1);
    assertEquals(List.of(List.of()), store.fires.fire(token, plans));
    assertEquals(List.of(), store.claim(token, 10));
  }
}
