package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// The sentence that says why a schedule did or did not fire.
class ScheduleExplanationTest {
  private static final Instant CREATED = Instant.parse("2026-03-02T00:00:00Z"); // a Monday
  private static final Instant NINE = Instant.parse("2026-03-03T09:00:00Z");
  private static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z");

  private final List<CronExpression> cron = List.of(CronExpression.parse("0 9 * * *", "s"));

  private ScheduleView schedule(ScheduleState state, Timing timing, String fault) {
    return new ScheduleView(
        "s",
        new ScheduleSettings(
            timing,
            timing.startAt().equals(CREATED),
            OverlapPolicy.SKIP,
            CatchUp.DEFAULT,
            Duration.ZERO,
            OptionalInt.empty()),
        new byte[0],
        CREATED,
        1,
        state,
        Optional.of(Instant.parse("2026-03-05T09:00:00Z")),
        Optional.empty(),
        state == ScheduleState.PAUSED ? Optional.of(NINE) : Optional.empty(),
        state == ScheduleState.PAUSED ? "for now" : "",
        fault,
        OptionalInt.empty(),
        List.of(),
        List.of(),
        "");
  }

  private ScheduleView active() {
    return schedule(ScheduleState.ACTIVE, Timing.of(cron, CREATED), "");
  }

  private static FireRecord record(Instant planned, FireOutcome outcome, int missed) {
    return new FireRecord(
        planned,
        planned.plusMillis(250),
        outcome,
        outcome == FireOutcome.FIRED ? Optional.of("id") : Optional.empty(),
        missed);
  }

  private static String explain(ScheduleView schedule, Instant at, FireRecord... records) {
    return ScheduleExplanation.explain(schedule, List.of(records), at, NOW);
  }

  @Test
  void what_is_recorded_is_told() {
    assertEquals(
        "It fired at 2026-03-03T09:00:00.250Z, PT0.25S after its planned instant, as task id.",
        explain(active(), NINE, record(NINE, FireOutcome.FIRED, 0)));
    assertTrue(
        explain(active(), NINE, record(NINE, FireOutcome.SKIPPED, 0))
            .startsWith("It was skipped: an earlier run had not ended, and overlap is skip."));
    assertEquals(
        "It waited for the end of an earlier run (overlap is skip).",
        explain(active(), NINE, record(NINE, FireOutcome.BUFFERED, 0)));
  }

  @Test
  void what_was_missed_is_told_with_its_policy() {
    String missed =
        "It was missed: nothing could fire then (no leader, Redis away, or paused), and at"
            + " 2026-03-04T09:00:00.250Z its catchUp (within PT1H, runs last) left it out.";
    Instant next = NINE.plus(Duration.ofDays(1));
    assertEquals(missed, explain(active(), NINE, record(next, FireOutcome.FIRED, 1)));
  }

  @Test
  void what_is_no_planned_instant_says_so_and_what_is() {
    assertEquals(
        "This is no planned instant. The next one is 2026-03-04T09:00:00Z.",
        explain(active(), NINE.plusSeconds(1)));
    Timing excluding =
        Timing.of(cron, CREATED).withExclusions(List.of(CronExpression.parse("* * 3 3 *", "s")));
    assertEquals(
        "An exclusion leaves this instant out. The next one is 2026-03-04T09:00:00Z.",
        explain(schedule(ScheduleState.ACTIVE, excluding, ""), NINE));
    assertEquals(
        "The schedule was created later, at 2026-03-02T00:00:00Z.",
        explain(active(), CREATED.minus(Duration.ofHours(15))));
    Timing later = Timing.of(cron, CREATED.plus(Duration.ofDays(3)));
    assertEquals(
        "It starts later, at 2026-03-05T00:00:00Z.",
        explain(schedule(ScheduleState.ACTIVE, later, ""), NINE.plusSeconds(1)));
    Timing ended = Timing.of(cron, CREATED).withEndAt(NINE.minusSeconds(1));
    assertEquals(
        "It ended before, at 2026-03-03T08:59:59Z.",
        explain(schedule(ScheduleState.ENDED, ended, ""), NINE));
  }

  @Test
  void what_lies_ahead_depends_on_the_state() {
    Instant ahead = Instant.parse("2026-03-05T09:00:00Z");
    assertEquals("It lies ahead, and fires then.", explain(active(), ahead));
    assertEquals(
        "It lies ahead. The schedule is paused since 2026-03-03T09:00:00Z (for now): it fires once"
            + " resumed.",
        explain(schedule(ScheduleState.PAUSED, Timing.of(cron, CREATED), ""), ahead));
    assertEquals(
        "It lies ahead. The schedule could not fire: no.",
        explain(schedule(ScheduleState.FAULTY, Timing.of(cron, CREATED), "no"), ahead));
  }

  @Test
  void what_is_not_recorded_is_said_to_be_unknown() {
    assertEquals(
        "Nothing is recorded of it: the last 100 records begin later, or the schedule was changed.",
        explain(active(), NINE));
  }
}
