package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp.Runs;
import dev.taskscheduler.schedule.Fires.DueSchedule;
import dev.taskscheduler.schedule.Fires.Fire;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The instants that fire at a moment, and those that are missed.
class FirePlannerTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration TEN = Duration.ofMinutes(10);
  private static final NewTask TASK = new NewTask(Priority.LOW, "log", new byte[] {'1'});

  private static DueSchedule due(Interval interval, CatchUp catchUp, Duration jitter) {
    return due(Timing.of(interval, START), catchUp, jitter);
  }

  private static DueSchedule due(Timing timing, CatchUp catchUp, Duration jitter) {
    return new DueSchedule(
        "name",
        1,
        new ScheduleSettings(
            timing, false, OverlapPolicy.ALLOW, catchUp, jitter, OptionalInt.empty()),
        TASK,
        Optional.of(START),
        0,
        Optional.empty(),
        List.of());
  }

  private static Fire everyTen(CatchUp catchUp, Duration after) {
    return FirePlanner.plan(
        due(new Interval.Every(TEN), catchUp, Duration.ZERO), START.plus(after));
  }

  private static CatchUp catchUp(Runs runs, int max) {
    return new CatchUp(Duration.ofHours(1), runs, max);
  }

  private static Instant at(int times) {
    return START.plus(TEN.multipliedBy(times));
  }

  private static void expect(Fire fire, List<Instant> fires, int missed, Instant next) {
    assertEquals(fires, fire.instants());
    assertEquals(missed, fire.missed());
    assertEquals(Optional.of(next), fire.next());
  }

  @Test
  void an_instant_that_has_just_passed_fires_whatever_the_policy() {
    for (Runs runs : Runs.values()) {
      expect(everyTen(catchUp(runs, 1), Duration.ofMillis(3)), List.of(at(0)), 0, at(1));
      expect(everyTen(catchUp(runs, 1), Duration.ofMinutes(1)), List.of(at(0)), 0, at(1));
    }
  }

  @Test
  void a_look_that_is_too_early_fires_nothing() {
    expect(everyTen(CatchUp.DEFAULT, Duration.ofMillis(-1)), List.of(), 0, at(0));
  }

  @Test
  void the_last_of_those_that_are_late_fires_by_default() {
    expect(everyTen(CatchUp.DEFAULT, TEN.multipliedBy(4).plusMinutes(5)), List.of(at(4)), 4, at(5));
  }

  @Test
  void one_that_is_on_time_takes_the_place_of_the_last_late_one() {
    expect(everyTen(CatchUp.DEFAULT, TEN.multipliedBy(4)), List.of(at(4)), 4, at(5));
  }

  @Test
  void all_late_ones_fire_within_their_time_and_number() {
    Fire all = everyTen(catchUp(Runs.ALL, 100), TEN.multipliedBy(9).plusMinutes(5));
    expect(all, List.of(at(4), at(5), at(6), at(7), at(8), at(9)), 4, at(10));
    Fire few = everyTen(catchUp(Runs.ALL, 2), TEN.multipliedBy(9).plusMinutes(5));
    expect(few, List.of(at(8), at(9)), 8, at(10));
  }

  @Test
  void no_late_one_fires_where_that_is_asked_for() {
    expect(
        everyTen(catchUp(Runs.NONE, 1), TEN.multipliedBy(4).plusMinutes(5)), List.of(), 5, at(5));
  }

  @Test
  void after_a_day_of_downtime_the_last_of_an_hour_fires() {
    expect(
        everyTen(CatchUp.DEFAULT, Duration.ofDays(1).plusMinutes(5)),
        List.of(at(144)),
        144,
        at(145));
    Fire old = everyTen(new CatchUp(Duration.ofMinutes(2), Runs.LAST, 1), Duration.ofMinutes(5));
    expect(old, List.of(), 1, at(1));
  }

  @Test
  void each_second_of_a_leader_change_fires() {
    DueSchedule seconds =
        due(new Interval.Every(Duration.ofSeconds(1)), CatchUp.DEFAULT, Duration.ZERO);
    Fire fire = FirePlanner.plan(seconds, START.plusSeconds(8));
    assertEquals(
        IntStream.rangeClosed(0, 8).mapToObj(START::plusSeconds).toList(), fire.instants());
    assertEquals(0, fire.missed());
  }

  @Test
  void years_of_downtime_are_planned_in_bounded_time() {
    DueSchedule seconds =
        due(new Interval.Every(Duration.ofSeconds(1)), catchUp(Runs.ALL, 7), Duration.ZERO);
    Instant now = START.plus(Duration.ofDays(3000));
    Fire fire = FirePlanner.plan(seconds, now);
    assertEquals(61 + 7, fire.instants().size());
    assertEquals(now, fire.instants().getLast());
    assertEquals(Optional.of(now.plusSeconds(1)), fire.next());
  }

  @Test
  void jitter_delays_a_fire_and_never_past_the_next() {
    DueSchedule jittered = due(new Interval.Every(TEN), CatchUp.DEFAULT, Duration.ofHours(5));
    Instant fires = FirePlanner.firesAt("name", jittered.settings(), START);
    assertTrue(fires.isAfter(START) && fires.isBefore(at(1)), fires::toString);
    assertEquals(List.of(), FirePlanner.plan(jittered, fires.minusMillis(1)).instants());
    assertEquals(List.of(START), FirePlanner.plan(jittered, fires).instants());
    assertEquals(Optional.of(fires), FirePlanner.plan(jittered, START).firesAt());
  }

  @Test
  void a_fixed_delay_waits_for_the_end_of_its_run_and_then_counts_from_it() {
    DueSchedule first = due(new Interval.FixedDelay(TEN), CatchUp.DEFAULT, Duration.ZERO);
    Fire fire = FirePlanner.plan(first, START.plusSeconds(1));
    assertEquals(List.of(START), fire.instants());
    assertEquals(Optional.empty(), fire.next());
    assertTrue(fire.waitsForRun());
    Fire still = FirePlanner.plan(waiting(first, 1, Optional.empty()), START.plusSeconds(5));
    assertTrue(still.waitsForRun() && still.next().isEmpty() && still.instants().isEmpty());
    Instant end = START.plusSeconds(9);
    Fire ended = FirePlanner.plan(waiting(first, 0, Optional.of(end)), START.plusSeconds(10));
    assertEquals(Optional.of(end.plus(TEN)), ended.next());
    assertFalse(ended.waitsForRun());
    Instant now = START.plusSeconds(20);
    Fire unknown = FirePlanner.plan(waiting(first, 0, Optional.empty()), now);
    assertEquals(Optional.of(now.plus(TEN)), unknown.next(), "its task may have been removed");
  }

  private static DueSchedule waiting(DueSchedule of, int runs, Optional<Instant> lastEnd) {
    return new DueSchedule(
        of.name(), 1, of.settings(), TASK, Optional.empty(), runs, lastEnd, List.of());
  }

  @Test
  void a_fixed_delay_that_is_over_waits_for_nothing() {
    DueSchedule due = due(new Interval.FixedDelay(TEN), CatchUp.DEFAULT, Duration.ZERO);
    ScheduleSettings settings = due.settings();
    DueSchedule over =
        new DueSchedule(
            "name",
            1,
            new ScheduleSettings(
                settings.timing().withEndAt(START),
                false,
                settings.overlap(),
                settings.catchUp(),
                settings.jitter(),
                settings.remaining()),
            TASK,
            Optional.empty(),
            0,
            Optional.of(START),
            List.of());
    Fire fire = FirePlanner.plan(over, START.plusSeconds(1));
    assertFalse(fire.waitsForRun());
    assertEquals(Optional.empty(), fire.next());
  }

  /// One instant in five hours is left of 9,000: a year of them would be millions of steps.
  @Test
  void exclusions_that_cost_much_do_not_hold_up_the_leader() {
    Timing costly =
        Timing.of(List.of(CronExpression.parse("*/2 * * * * *", "name")), START)
            .withExclusions(
                List.of(
                    CronExpression.parse("*/2 1-59 * * * *", "name"),
                    CronExpression.parse("2-58/2 0 * * * *", "name"),
                    CronExpression.parse("*/2 * 1-4,6-9,11-14,16-19,21-23 * * *", "name")));
    CatchUp catchUp = new CatchUp(CatchUp.LONGEST, Runs.ALL, 1000);
    Instant now = START.plus(Duration.ofDays(360));
    Fire fire = FirePlanner.plan(due(costly, catchUp, Duration.ZERO), now.plusSeconds(1));
    int counted = fire.instants().size() + fire.missed();
    assertTrue(counted < 200, "of 1,728 were counted " + counted);
    assertEquals(now, fire.instants().getLast(), "it is on time");
    assertEquals(Optional.of(now.plus(Duration.ofHours(5))), fire.next());
  }

  /// It has no run whose end could plan the next one.
  @Test
  void a_fixed_delay_that_missed_its_instant_goes_on() {
    DueSchedule due = due(new Interval.FixedDelay(TEN), CatchUp.DEFAULT, Duration.ZERO);
    Instant now = START.plus(Duration.ofMinutes(110));
    Fire fire = FirePlanner.plan(due, now);
    expect(fire, List.of(), 1, now.plus(TEN));
    assertEquals(Optional.of(now.plus(TEN)), fire.firesAt());
    assertFalse(fire.waitsForRun());
  }
}
