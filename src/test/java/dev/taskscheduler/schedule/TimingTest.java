package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.Interval.Every;
import dev.taskscheduler.schedule.Interval.FixedDelay;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The planned instants of a schedule: joined, bounded, excluded, said in words.
class TimingTest {
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");
  private static final Every QUARTER = new Every(Duration.ofMinutes(15));

  private static List<CronExpression> crons(String... texts) {
    return Stream.of(texts).map(text -> CronExpression.parse(text, "report")).toList();
  }

  private static Timing timing(String... texts) {
    return Timing.of(crons(texts), NEW_YEAR);
  }

  private static List<String> first(Timing timing, int most) {
    List<String> instants = new ArrayList<>();
    Optional<PlannedInstant> next = timing.next(Instant.EPOCH);
    while (next.isPresent() && instants.size() < most) {
      instants.add(next.get().at().toString().substring(5, 16));
      next = timing.next(next.get().at());
    }
    return instants;
  }

  @Test
  void expressions_and_an_interval_are_joined_and_each_instant_fires_once() {
    assertEquals(
        List.of("01-01T00:00", "01-01T00:15", "01-01T00:20", "01-01T00:30", "01-01T00:40"),
        first(timing("0 * * * *", "*/20 * * * *").withInterval(QUARTER), 5));
  }

  @Test
  void a_planned_time_wins_over_one_that_was_moved_there() {
    Timing timing =
        Timing.of(crons("30 2 * * *", "0 3 * * *"), NEW_YEAR).withZone(ZoneId.of("Europe/Berlin"));
    Instant gap = Instant.parse("2026-03-29T01:00:00Z");
    PlannedInstant next = timing.next(gap.minusSeconds(1)).orElseThrow();
    assertEquals(gap, next.at());
    assertEquals(Bend.NONE, next.bend());
    assertEquals("2026-03-30T00:30:00Z", timing.next(gap).orElseThrow().at().toString());
  }

  @Test
  void nothing_fires_before_the_start_or_after_the_end_and_both_may_fire() {
    Instant end = Instant.parse("2026-01-03T00:00:00Z");
    assertEquals(
        List.of("01-01T00:00", "01-02T00:00", "01-03T00:00"),
        first(timing("@daily").withEndAt(end), 9));
    assertEquals(
        List.of("01-01T00:00", "01-02T00:00", "01-03T00:00"),
        first(Timing.of(new Every(Duration.ofDays(1)), NEW_YEAR).withEndAt(end), 9));
    assertTrue(timing("@daily").withEndAt(end).next(end).isEmpty());
  }

  @Test
  void an_interval_is_counted_from_the_start_whatever_was_asked_before() {
    Timing timing = Timing.of(new Every(Duration.ofMinutes(7)), NEW_YEAR.plusSeconds(13));
    assertEquals(
        "2026-01-01T00:07:13Z",
        timing.next(NEW_YEAR.plusSeconds(13)).orElseThrow().at().toString());
    assertEquals(
        "2026-01-01T00:14:13Z",
        timing.next(NEW_YEAR.plusSeconds(8 * 60)).orElseThrow().at().toString());
  }

  @Test
  void a_fixed_delay_begins_at_the_start_and_goes_on_after_each_run() {
    Timing timing = Timing.of(new FixedDelay(Duration.ofMinutes(15)), NEW_YEAR);
    assertEquals(List.of("01-01T00:00"), first(timing, 9));
    assertEquals(NEW_YEAR, timing.first().orElseThrow().at());
    assertEquals(NEW_YEAR, timing("@daily").first().orElseThrow().at());
    Instant ended = Instant.parse("2026-01-01T09:10:11.123Z");
    assertEquals(ended.plusSeconds(900), timing.nextAfterRun(ended).orElseThrow().at());
    assertTrue(timing.withEndAt(ended).nextAfterRun(ended).isEmpty());
    assertTrue(timing("@daily").nextAfterRun(ended).isEmpty());
  }

  @Test
  void a_fixed_delay_waits_until_an_exclusion_ends() {
    Timing timing =
        Timing.of(new FixedDelay(Duration.ofMinutes(15)), NEW_YEAR)
            .withExclusions(crons("* 9-11 * * *", "0-9 12 * * *"));
    assertEquals(
        "2026-01-01T12:10:00Z",
        timing.nextAfterRun(Instant.parse("2026-01-01T08:50:00Z")).orElseThrow().at().toString());
  }

  @Test
  void an_exclusion_leaves_out_what_it_matches_in_local_time() {
    Timing timing =
        timing("0 9,12 * * *")
            .withExclusions(crons("* * * * SAT,SUN", "* 9 2 1 *"))
            .withZone(ZoneId.of("Europe/Berlin"));
    assertEquals(
        List.of("01-01T08:00", "01-01T11:00", "01-02T11:00", "01-05T08:00"), first(timing, 4));
    assertEquals(
        List.of("01-01T00:15", "01-01T00:30", "01-01T00:45", "01-01T01:15"),
        first(Timing.of(QUARTER, NEW_YEAR).withExclusions(crons("0 * * * *")), 4));
  }

  @Test
  void an_exclusion_of_five_fields_leaves_out_its_whole_minute() {
    Timing timing = timing("*/20 * * * * *").withExclusions(crons("0-58 * * * *"));
    assertEquals("2026-01-01T00:59:00Z", timing.next(Instant.EPOCH).orElseThrow().at().toString());
    Timing bySecond = timing("*/20 * * * * *").withExclusions(crons("0 * * * * *"));
    assertEquals(
        "2026-01-01T00:00:20Z", bySecond.next(Instant.EPOCH).orElseThrow().at().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * * | * * * * *
          * * * * * * | * * * * * *
          0 * * * * | 0-58 * * * *
          */2 * * * * * | */2 * * * * *
          * * * * * | * * 1-31 * *
          """)
  void a_schedule_whose_instants_are_all_excluded_is_over_in_bounded_time(
      String cron, String exclusion) {
    for (String zone : List.of("UTC", "Europe/Berlin")) {
      Timing timing = timing(cron).withExclusions(crons(exclusion)).withZone(ZoneId.of(zone));
      assertTimeoutPreemptively(
          Duration.ofSeconds(5), () -> assertTrue(timing.next(Instant.EPOCH).isEmpty()));
    }
  }

  @Test
  void long_exclusions_are_passed_over_at_once() {
    Timing timing =
        timing("* * * * * *")
            .withExclusions(
                crons(
                    "1-59 * * * * *",
                    "1-59 * * * *",
                    "* 1-23 * * *",
                    "* * 2-31 * *",
                    "* * * 1-11 *"));
    assertEquals(
        List.of("12-01T00:00", "12-01T00:00"),
        first(timing.withEndAt(Instant.parse("2027-12-31T00:00:00Z")), 9));
  }

  @Test
  void what_makes_no_sense_is_refused() {
    List<CronExpression> daily = crons("@daily");
    List<Runnable> wrong =
        List.of(
            () -> timing(),
            () -> timing("@daily").withInterval(new FixedDelay(Duration.ofMinutes(1))),
            () -> timing("@daily").withEndAt(NEW_YEAR.minusMillis(1)),
            () -> Timing.of(daily, Instant.EPOCH.minusMillis(1)),
            () -> Timing.of(daily, Instant.MAX),
            () -> timing("@daily").withExclusions(java.util.Collections.nCopies(21, daily.get(0))),
            () -> new Every(Duration.ofMillis(999)),
            () -> new Every(Duration.ofSeconds(1, 1)),
            () -> new FixedDelay(Duration.ofDays(3661)));
    wrong.forEach(each -> assertThrows(IllegalArgumentException.class, each::run));
  }

  @Test
  void any_instant_may_be_asked_for() {
    Timing timing = timing("* * * * *").withInterval(QUARTER).withZone(ZoneId.of("Europe/Berlin"));
    assertEquals(NEW_YEAR, timing.next(Instant.MIN).orElseThrow().at());
    assertTrue(timing.next(Instant.MAX).isEmpty());
    assertTrue(timing.next(Instant.parse("2200-12-31T23:59:59Z")).isEmpty());
  }

  @Test
  void a_sentence_says_what_is_planned() {
    Timing berlin = timing("0 9 * * 1-5").withZone(ZoneId.of("Europe/Berlin"));
    assertEquals("at 09:00, Monday to Friday, Europe/Berlin", berlin.sentence());
    assertEquals(
        "at 09:00, Monday to Friday, Europe/Berlin, except on the 25th of December; and on Saturday"
            + " and Sunday; and at 12:00, every day, until 2027-01-01T00:00:00Z",
        berlin
            .withExclusions(crons("* * 25 12 *", "* * * * SAT,SUN", "0 12 * * *"))
            .withEndAt(Instant.parse("2027-01-01T00:00:00Z"))
            .sentence());
    assertEquals(
        "at 09:00, every day; and every 2 hours; and every 15 minutes, counted from"
            + " 2026-01-01T00:00:00Z, UTC",
        timing("0 9 * * *", "0 */2 * * *").withInterval(QUARTER).sentence());
    assertEquals(
        "every 15 minutes, counted from 2026-01-01T00:00:00Z",
        Timing.of(QUARTER, NEW_YEAR).sentence());
    assertEquals(
        "every day, counted from 2026-01-01T00:00:00Z",
        Timing.of(new Every(Duration.ofDays(1)), NEW_YEAR).sentence());
    assertEquals(
        "1 hour and 1.5 seconds after the end of the last run, for the first time at"
            + " 2026-01-01T00:00:00Z",
        Timing.of(new FixedDelay(Duration.ofMillis(3_601_500)), NEW_YEAR).sentence());
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berlim,Europe/Berlin",
    "europe/berlin,Europe/Berlin",
    "Berlin,Europe/Berlin",
    "America/New York,America/New_York",
    "utc,UTC",
    "Asia/Katmandoo,Asia/Katmandu"
  })
  void an_unknown_zone_is_answered_with_the_nearest_name(String name, String nearest) {
    UnknownZoneException unknown =
        assertThrows(UnknownZoneException.class, () -> TimeZones.parse(name));
    assertEquals(Optional.of(nearest), unknown.nearest());
    assertTrue(unknown.getMessage().contains("did you mean " + nearest + "?"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "+02:00", "UTC+2", "Z", "", "Atlantis/Poseidonis"})
  void offsets_and_the_hosts_zone_are_refused(String name) {
    assertThrows(UnknownZoneException.class, () -> TimeZones.parse(name));
  }

  @Test
  void a_known_zone_is_read() {
    assertEquals(ZoneId.of("UTC"), TimeZones.parse("UTC"));
    assertEquals(ZoneId.of("America/St_Johns"), TimeZones.parse("America/St_Johns"));
  }

  @Test
  void jitter_is_the_same_on_each_node_and_never_passes_the_next_instant() {
    Duration bound = Duration.ofMinutes(5);
    assertEquals(Duration.ofMillis(2_487), Jitter.of("report", NEW_YEAR, bound));
    int late = 0;
    for (int i = 0; i < 1000; i++) {
      Instant planned = NEW_YEAR.plusSeconds(i * 60L);
      Duration jitter = Jitter.of("report", planned, bound);
      assertTrue(!jitter.isNegative() && jitter.compareTo(bound) < 0);
      late += jitter.compareTo(bound.dividedBy(2)) >= 0 ? 1 : 0;
      Instant next = planned.plusSeconds(60);
      Instant delayed = Jitter.delayed("report", planned, bound, next);
      assertTrue(!delayed.isBefore(planned) && delayed.isBefore(next));
    }
    assertTrue(late > 400 && late < 600, late + " in the second half");
    assertEquals(NEW_YEAR, Jitter.delayed("report", NEW_YEAR, Duration.ZERO));
  }
}
