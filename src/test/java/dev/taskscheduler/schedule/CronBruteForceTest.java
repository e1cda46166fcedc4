package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.taskscheduler.schedule.ClockChange.Gap;
import dev.taskscheduler.schedule.ClockChange.Overlap;
import dev.taskscheduler.schedule.SlowWalk.Fire;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares planned instants with a slow walk over each minute or second, for random expressions in
/// ten time zones from 1970 to 2040. A failure prints the seed: `-Dcron.seed=<seed>`.
///
/// By default the weeks around each clock change are walked, and some others. `-Dcron.full=true`
/// walks each minute of the seventy years.
class CronBruteForceTest {
  private static final int DAY = 24 * 3600;
  private static final long BEGIN = DAY; // zones west of Greenwich are still in 1969 before
  private static final long END = LocalDate.of(2040, 1, 1).toEpochDay() * DAY;
  private static final long SEED = Long.getLong("cron.seed", new Random().nextLong(1_000_000));

  private static final List<ClockChange> CHANGES = new ArrayList<>();

  static {
    for (Gap gap : Gap.values()) {
      for (Overlap overlap : Overlap.values()) {
        CHANGES.add(new ClockChange(gap, overlap));
      }
    }
  }

  private long windows;
  private long expressions;
  private long walked;
  private long compared;

  private static CronExpression parsed(RandomCron cron) {
    return CronExpression.parse(cron.text(), "");
  }

  /// The clock changes of a zone between 1970 and 2040.
  private static List<Long> changes(ZoneId zone) {
    List<Long> changes = new ArrayList<>();
    ZoneOffsetTransition next =
        zone.getRules().nextTransition(Instant.ofEpochSecond(BEGIN + 2 * DAY));
    while (next != null && next.getInstant().getEpochSecond() < END - 7 * DAY) {
      assertEquals(0, next.getInstant().getEpochSecond() % 60, "a whole minute");
      changes.add(next.getInstant().getEpochSecond());
      next = zone.getRules().nextTransition(next.getInstant());
    }
    return changes;
  }

  private static Random random(ZoneId zone) {
    return new Random(SEED ^ zone.getId().hashCode());
  }

  private static long minute(Random random, long from, long to) {
    return random.nextLong(from / 60, to / 60) * 60;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/New_York",
        "Africa/Cairo",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "UTC",
        "America/St_Johns"
      })
  void planned_instants_are_those_of_a_slow_walk(ZoneId zone) {
    Random random = random(zone);
    for (long change : changes(zone)) {
      long from = minute(random, change - 5 * DAY, change - DAY);
      walk(zone, new SlowWalk(zone, from, from + 7 * DAY, 60), from, random, 3, true);
    }
    for (int i = 0; i < 10; i++) {
      long from = minute(random, BEGIN, END - 40 * DAY);
      walk(zone, new SlowWalk(zone, from, from + 40 * DAY, 60), from, random, 3, false);
    }
    for (long change : changes(zone)) {
      if (random.nextInt(8) == 0) {
        long from = minute(random, change - 3 * 3600, change);
        SlowWalk walk = new SlowWalk(zone, from, from + 5 * 3600, 1);
        for (int i = 0; i < 4; i++) {
          compare(zone, walk, RandomCron.with(random, true, true), from, from + 5 * 3600);
        }
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cron.full", matches = "true")
  void planned_instants_of_seventy_years_are_those_of_a_slow_walk() {
    for (String id :
        List.of(
            "Europe/Berlin",
            "America/New_York",
            "Africa/Cairo",
            "America/Sao_Paulo",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "UTC",
            "America/St_Johns")) {
      ZoneId zone = ZoneId.of(id);
      Random random = random(zone);
      for (long from = BEGIN; from < END; from += 365L * DAY) {
        long to = Math.min(END, from + 365L * DAY);
        walk(zone, new SlowWalk(zone, from, to, 60), from, random, 4, random.nextBoolean());
      }
    }
    System.out.printf(
        "seed %d: %d windows, %d expressions, %d minutes, %d planned instants compared%n",
        SEED, windows, expressions, walked, compared);
  }

  private void walk(ZoneId zone, SlowWalk walk, long from, Random random, int crons, boolean busy) {
    windows++;
    walked += walk.steps();
    for (int i = 0; i < crons; i++) {
      compare(zone, walk, RandomCron.with(random, false, busy), from, from + walk.steps() * 60L);
    }
  }

  private void compare(ZoneId zone, SlowWalk walk, RandomCron cron, long from, long to) {
    expressions++;
    List<ClockChange> changes =
        cron.runsThrough() ? List.of(CHANGES.get((int) (expressions % CHANGES.size()))) : CHANGES;
    for (ClockChange change : changes) {
      Timing timing =
          Timing.of(List.of(parsed(cron)), Instant.EPOCH).withZone(zone).withClockChange(change);
      compare(timing, walk.fires(cron, change), from, to);
    }
  }

  private void compare(Timing timing, List<Fire> fires, long from, long to) {
    compared += fires.size();
    long at = from;
    for (Fire fire : fires) {
      Optional<PlannedInstant> next = timing.next(Instant.ofEpochSecond(at));
      Instant expected = Instant.ofEpochSecond(fire.at());
      if (next.isEmpty() || !next.get().at().equals(expected) || next.get().bend() != fire.bend()) {
        failed(timing, at, fire + " " + expected.atZone(timing.zone()), next);
      }
      at = fire.at();
    }
    Optional<PlannedInstant> next = timing.next(Instant.ofEpochSecond(at));
    if (next.isPresent() && !next.get().at().isAfter(Instant.ofEpochSecond(to))) {
      failed(timing, at, "nothing until " + Instant.ofEpochSecond(to), next);
    }
  }

  private static void failed(
      Timing timing, long after, String expected, Optional<PlannedInstant> actual) {
    fail(
        "seed %d: %s %s after %s: expected %s, was %s"
            .formatted(
                SEED,
                timing.crons(),
                timing.clockChange(),
                Instant.ofEpochSecond(after).atZone(timing.zone()),
                expected,
                Objects.requireNonNull(actual)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "UTC"})
  void joined_expressions_and_exclusions_are_those_of_a_slow_walk(ZoneId zone) {
    Random random = random(zone);
    List<Long> starts = new ArrayList<>(changes(zone));
    for (int i = 0; i < 30; i++) {
      starts.add(minute(random, BEGIN + 5 * DAY, END - 40 * DAY));
    }
    for (long start : starts) {
      long from = minute(random, start - 3 * DAY, start);
      long to = from + 5 * DAY;
      SlowWalk walk = new SlowWalk(zone, from, to, 60);
      List<RandomCron> crons = crons(random, 1 + random.nextInt(3));
      List<RandomCron> exclusions = crons(random, random.nextInt(4));
      ClockChange change = CHANGES.get(random.nextInt(CHANGES.size()));
      TreeMap<Long, Fire> fires = new TreeMap<>();
      for (RandomCron cron : crons) {
        walk.fires(cron, change)
            .forEach(fire -> fires.merge(fire.at(), fire, CronBruteForceTest::better));
      }
      fires
          .keySet()
          .removeIf(at -> exclusions.stream().anyMatch(cron -> cron.matches(walk.local(at))));
      Timing timing =
          Timing.of(crons.stream().map(CronBruteForceTest::parsed).toList(), Instant.EPOCH)
              .withExclusions(exclusions.stream().map(CronBruteForceTest::parsed).toList())
              .withZone(zone)
              .withClockChange(change);
      compare(timing, List.copyOf(fires.values()), from, to);
    }
  }

  private static List<RandomCron> crons(Random random, int number) {
    List<RandomCron> crons = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      crons.add(RandomCron.with(random, false, true));
    }
    return crons;
  }

  private static Fire better(Fire one, Fire other) {
    return one.bend() == Bend.MOVED_AFTER_GAP ? other : one;
  }
}
