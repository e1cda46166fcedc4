package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.schedule.ClockChange.Gap;
import dev.taskscheduler.schedule.ClockChange.Overlap;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Planned instants around clock changes, by name: the choices, and faults that others had.
class ClockChangeTest {
  private static final ClockChange SKIP = new ClockChange(Gap.SKIP, Overlap.FIRST);
  private static final ClockChange SECOND = new ClockChange(Gap.AFTER, Overlap.SECOND);
  private static final ClockChange BOTH = new ClockChange(Gap.AFTER, Overlap.BOTH);

  /// The planned instants in a time, with a word for each that is bent.
  private static List<String> fires(
      String cron, ClockChange change, String zone, String after, String before) {
    ZoneId id = ZoneId.of(zone);
    Instant end = ZonedDateTime.parse(before).toInstant();
    Timing timing =
        Timing.of(List.of(CronExpression.parse(cron, "")), Instant.EPOCH)
            .withZone(id)
            .withClockChange(change);
    List<String> fires = new ArrayList<>();
    Instant at = ZonedDateTime.parse(after).toInstant();
    while (true) {
      PlannedInstant next = timing.next(at).orElseThrow();
      if (!next.at().isBefore(end)) {
        return fires;
      }
      String bent = next.bend() == Bend.NONE ? "" : " " + next.bend();
      fires.add(next.local().toOffsetDateTime() + bent);
      at = next.at();
    }
  }

  private static List<String> berlinSpring(String cron, ClockChange change) {
    return fires(cron, change, "Europe/Berlin", "2026-03-29T00:30+01:00", "2026-03-29T05:00+02:00");
  }

  private static List<String> berlinAutumn(String cron, ClockChange change) {
    return fires(cron, change, "Europe/Berlin", "2026-10-25T00:30+02:00", "2026-10-25T03:30+01:00");
  }

  @Test
  void a_time_in_a_gap_fires_at_the_first_instant_after_it_or_not_at_all() {
    assertEquals(
        List.of("2026-03-29T03:00+02:00 MOVED_AFTER_GAP"),
        berlinSpring("30 2 * * *", ClockChange.DEFAULT));
    assertEquals(List.of(), berlinSpring("30 2 * * *", SKIP));
  }

  @Test
  void many_times_in_a_gap_fire_once() {
    assertEquals(
        List.of("2026-03-29T03:00+02:00 MOVED_AFTER_GAP"),
        berlinSpring("0,30 2 * * *", ClockChange.DEFAULT));
    assertEquals(
        List.of("2026-03-29T03:00+02:00 MOVED_AFTER_GAP"),
        berlinSpring("* * 2 * * *", ClockChange.DEFAULT));
  }

  @Test
  void a_time_in_a_gap_and_one_right_after_it_are_one() {
    assertEquals(
        List.of("2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"),
        berlinSpring("0,30 2,3 * * *", ClockChange.DEFAULT));
    assertEquals(
        List.of("2026-03-29T03:00+02:00 MOVED_AFTER_GAP", "2026-03-29T03:30+02:00"),
        berlinSpring("30 2,3 * * *", ClockChange.DEFAULT));
  }

  @Test
  void a_time_that_comes_twice_fires_as_chosen() {
    String first = "2026-10-25T02:30+02:00 FIRST_OF_TWO";
    String second = "2026-10-25T02:30+01:00 SECOND_OF_TWO";
    assertEquals(List.of(first), berlinAutumn("30 2 * * *", ClockChange.DEFAULT));
    assertEquals(List.of(second), berlinAutumn("30 2 * * *", SECOND));
    assertEquals(List.of(first, second), berlinAutumn("30 2 * * *", BOTH));
  }

  @Test
  void an_hour_field_with_a_step_runs_through_both_hours() {
    assertEquals(
        List.of("2026-10-25T02:00+02:00 FIRST_OF_TWO", "2026-10-25T02:00+01:00 SECOND_OF_TWO"),
        berlinAutumn("0 */2 * * *", ClockChange.DEFAULT));
    assertEquals(
        List.of("2026-03-29T04:00+02:00"), berlinSpring("0 */2 * * *", ClockChange.DEFAULT));
  }

  @Test
  void a_zone_that_changes_by_half_an_hour() {
    assertEquals(
        List.of("2026-10-04T02:30+11:00 MOVED_AFTER_GAP"),
        fires(
            "15 2 * * *",
            ClockChange.DEFAULT,
            "Australia/Lord_Howe",
            "2026-10-04T00:00+10:30",
            "2026-10-05T00:00+11:00"));
    assertEquals(
        List.of("2026-04-05T01:45+11:00 FIRST_OF_TWO", "2026-04-05T01:45+10:30 SECOND_OF_TWO"),
        fires(
            "45 1 * * *",
            BOTH,
            "Australia/Lord_Howe",
            "2026-04-05T00:00+11:00",
            "2026-04-06T00:00+10:30"));
  }

  @Test
  void apia_lost_a_day() {
    assertEquals(
        List.of(
            "2011-12-29T09:00-10:00",
            "2011-12-31T00:00+14:00 MOVED_AFTER_GAP",
            "2011-12-31T09:00+14:00"),
        fires(
            "0 9 * * *",
            ClockChange.DEFAULT,
            "Pacific/Apia",
            "2011-12-29T00:00-10:00",
            "2012-01-01T00:00+14:00"));
  }

  @Test
  void spring_28038_a_time_before_the_gap_is_not_lost_on_the_next_day() {
    assertEquals(
        List.of("2021-03-29T00:05+02:00", "2021-03-30T00:05+02:00"),
        fires(
            "0 5 0 * * *",
            ClockChange.DEFAULT,
            "Europe/Amsterdam",
            "2021-03-28T01:00+01:00",
            "2021-03-31T00:00+02:00"));
  }

  @Test
  void spring_28095_a_time_before_the_overlap_is_not_lost_on_the_next_day() {
    assertEquals(
        List.of("2019-10-28T00:05+01:00"),
        fires(
            "0 5 0 * * *",
            ClockChange.DEFAULT,
            "Europe/Paris",
            "2019-10-27T01:05+02:00",
            "2019-10-29T00:00+01:00"));
  }

  @Test
  void spring_36859_a_gap_at_midnight_does_not_take_the_whole_day() {
    assertEquals(
        List.of("2025-04-24T22:00+02:00", "2025-04-25T02:00+03:00", "2025-04-25T04:00+03:00"),
        fires(
            "0 0 */2 * * ?",
            ClockChange.DEFAULT,
            "Africa/Cairo",
            "2025-04-24T21:10:20+02:00",
            "2025-04-25T05:00+03:00"));
    assertEquals(
        List.of("2025-04-25T01:00+03:00 MOVED_AFTER_GAP"),
        fires(
            "@daily",
            ClockChange.DEFAULT,
            "Africa/Cairo",
            "2025-04-24T12:00+02:00",
            "2025-04-25T12:00+03:00"));
  }

  @Test
  void kubernetes_121594_a_daily_time_that_comes_twice_runs_once() {
    assertEquals(
        List.of("2023-10-29T02:00+02:00 FIRST_OF_TWO", "2023-10-30T02:00+01:00"),
        fires(
            "0 2 * * *",
            ClockChange.DEFAULT,
            "Europe/Berlin",
            "2023-10-28T12:00+02:00",
            "2023-10-30T12:00+01:00"));
  }

  @Test
  void quartz_81_every_minute_runs_in_both_hours_of_an_overlap() {
    assertEquals(
        180,
        fires(
                "* * * * *",
                ClockChange.DEFAULT,
                "Europe/Berlin",
                "2016-10-30T01:59+02:00",
                "2016-10-30T04:00+01:00")
            .size());
  }

  @Test
  void quartz_658_clocks_are_changed_after_2038_too() {
    assertEquals(
        List.of("2041-03-10T03:00-07:00 MOVED_AFTER_GAP"),
        fires(
            "0 0 2 ? 3 SUN#2",
            ClockChange.DEFAULT,
            "America/Los_Angeles",
            "2041-01-01T00:00-08:00",
            "2041-12-31T00:00-08:00"));
  }

  @Test
  void cron_utils_446_the_second_of_two_is_not_run_on_the_same_day_again() {
    assertEquals(
        List.of("2021-10-25T02:00+02:00"),
        fires(
            "0 2 25 10 *",
            ClockChange.DEFAULT,
            "Europe/Rome",
            "2020-10-25T02:00+02:00",
            "2021-12-01T00:00+01:00"));
  }

  @Test
  void nats_8543_a_date_whose_midnight_does_not_exist_is_found() {
    assertEquals(
        List.of("2018-11-04T01:00-02:00"),
        fires(
            "0 0 1 4 11 *",
            ClockChange.DEFAULT,
            "America/Sao_Paulo",
            "2018-11-03T23:00-03:00",
            "2019-11-01T00:00-03:00"));
  }
}
