package dev.taskscheduler.schedule;

import dev.taskscheduler.schedule.Interval.Every;
import dev.taskscheduler.schedule.Interval.FixedDelay;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;

/// The planned instants of a schedule: cron expressions, an interval, or both, without what is
/// excluded.
///
/// @param crons fire at each of their instants; two that fall on one instant fire once
/// @param interval empty if there are crons alone
/// @param exclusions leave out each instant whose local time they match
/// @param startAt the first instant that may fire, and where the interval is counted from; cut to
///   milliseconds
/// @param endAt the last instant that may fire
/// @param zone of crons and exclusions; see [TimeZones]
public record Timing(
    List<CronExpression> crons,
    Optional<Interval> interval,
    List<CronExpression> exclusions,
    Instant startAt,
    Optional<Instant> endAt,
    ZoneId zone,
    ClockChange clockChange) {
  /// As many crons, and as many exclusions.
  public static final int MOST = 20;

  /// As many [Steps] are taken in search of the next instant: with one cron and three exclusions
  /// 10,000 excluded stretches of time are passed over. A schedule that finds none among them is
  /// taken to be over.
  public static final int MOST_STEPS = 50_000;

  private static final Instant EARLIEST = Instant.EPOCH;

  /// No instant is planned from here on.
  public static final Instant END =
      LocalDateTime.of(CronExpression.LAST_YEAR + 1, 1, 1, 0, 0).toInstant(ZoneOffset.UTC);

  public Timing {
    crons = List.copyOf(crons);
    exclusions = List.copyOf(exclusions);
    startAt = startAt.truncatedTo(ChronoUnit.MILLIS);
    if (crons.isEmpty() && interval.isEmpty()) {
      throw new IllegalArgumentException("a schedule needs a cron expression or an interval");
    }
    if (!crons.isEmpty() && interval.orElse(null) instanceof FixedDelay) {
      throw new IllegalArgumentException("a fixed delay cannot be joined with cron expressions");
    }
    if (crons.size() > MOST || exclusions.size() > MOST) {
      throw new IllegalArgumentException(
          "a schedule may have " + MOST + " cron expressions and " + MOST + " exclusions");
    }
    if (startAt.isBefore(EARLIEST) || !startAt.isBefore(END)) {
      throw new IllegalArgumentException(
          "startAt must be from " + EARLIEST + " and before " + END + ", was " + startAt);
    }
    if (endAt.isPresent() && endAt.get().isBefore(startAt)) {
      throw new IllegalArgumentException(
          "endAt must not be before startAt, " + startAt + ", was " + endAt.get());
    }
  }

  /// Cron expressions in UTC, without an end.
  public static Timing of(List<CronExpression> crons, Instant startAt) {
    return new Timing(
        crons,
        Optional.empty(),
        List.of(),
        startAt,
        Optional.empty(),
        ZoneId.of("UTC"),
        ClockChange.DEFAULT);
  }

  /// An interval, without an end.
  public static Timing of(Interval interval, Instant startAt) {
    return new Timing(
        List.of(),
        Optional.of(interval),
        List.of(),
        startAt,
        Optional.empty(),
        ZoneId.of("UTC"),
        ClockChange.DEFAULT);
  }

  /// The same with an interval.
  public Timing withInterval(Interval with) {
    return new Timing(crons, Optional.of(with), exclusions, startAt, endAt, zone, clockChange);
  }

  /// The same without what these match.
  public Timing withExclusions(List<CronExpression> with) {
    return new Timing(crons, interval, with, startAt, endAt, zone, clockChange);
  }

  /// The same up to an instant.
  public Timing withEndAt(Instant with) {
    return new Timing(crons, interval, exclusions, startAt, Optional.of(with), zone, clockChange);
  }

  /// The same from an instant on.
  public Timing withStartAt(Instant with) {
    return new Timing(crons, interval, exclusions, with, endAt, zone, clockChange);
  }

  /// The same in another time zone.
  public Timing withZone(ZoneId with) {
    return new Timing(crons, interval, exclusions, startAt, endAt, with, clockChange);
  }

  /// The same with another choice for clock changes.
  public Timing withClockChange(ClockChange with) {
    return new Timing(crons, interval, exclusions, startAt, endAt, zone, with);
  }

  /// The first planned instant of all, which may be `startAt` itself.
  public Optional<PlannedInstant> first() {
    return next(startAt.minusNanos(1));
  }

  /// The first planned instant strictly after another. A fixed delay plans only its first instant;
  /// for the others see [#nextAfterRun].
  ///
  /// @return empty if the schedule is over: nothing is planned up to `endAt`, or up to the end of
  ///   [CronExpression#LAST_YEAR], or within [#MOST_STEPS]
  public Optional<PlannedInstant> next(Instant after) {
    return next(after, new Steps());
  }

  /// The same.
  ///
  /// @param steps counts those that were taken
  public Optional<PlannedInstant> next(Instant after, Steps steps) {
    if (!after.isBefore(END)) {
      return Optional.empty();
    }
    Instant from = after.isBefore(startAt) ? startAt.minusNanos(1) : after;
    int limit = steps.taken() + MOST_STEPS;
    while (steps.taken() < limit) {
      steps.take(crons.size() + exclusions.size() + 1);
      Optional<PlannedInstant> next = earliest(from).filter(this::isInTime);
      if (next.isEmpty()) {
        return next;
      }
      Optional<Instant> end = endOfExclusion(next.get().at());
      if (end.isEmpty()) {
        return Optional.empty();
      }
      if (end.get().equals(next.get().at())) {
        return next;
      }
      from = end.get().minusNanos(1);
    }
    return Optional.empty();
  }

  /// The next instant of a fixed delay; later than the end of the run and the delay where that is
  /// excluded.
  ///
  /// @param ended when the last run ended
  /// @return empty if the schedule is over, or has no fixed delay
  public Optional<PlannedInstant> nextAfterRun(Instant ended) {
    return interval
        .filter(FixedDelay.class::isInstance)
        .map(FixedDelay.class::cast)
        .filter(_ -> ended.isBefore(END))
        .flatMap(fixed -> allowed(ended.plus(fixed.delay())))
        .filter(this::isInTime);
  }

  /// What it means, in words: "at 09:00, Monday to Friday, Europe/Berlin".
  public String sentence() {
    return TimingSentence.of(this);
  }

  private boolean isInTime(PlannedInstant next) {
    return next.at().isBefore(END) && endAt.map(end -> !next.at().isAfter(end)).orElse(true);
  }

  private Optional<PlannedInstant> earliest(Instant after) {
    Optional<PlannedInstant> earliest = interval.flatMap(each -> byInterval(each, after));
    for (CronExpression cron : crons) {
      Optional<PlannedInstant> next = new ZonedCron(cron, zone, clockChange).next(after);
      if (earliest.isEmpty() || next.isPresent() && isBetter(next.get(), earliest.get())) {
        earliest = next;
      }
    }
    return earliest;
  }

  /// Whether it is earlier, or planned for this very instant while the other was moved there.
  private static boolean isBetter(PlannedInstant one, PlannedInstant other) {
    int order = one.at().compareTo(other.at());
    return order < 0 || order == 0 && one.bend() == Bend.NONE;
  }

  private Optional<PlannedInstant> byInterval(Interval each, Instant after) {
    boolean first = after.isBefore(startAt);
    return switch (each) {
      case Every(Duration period) -> {
        long passed = first ? 0 : Duration.between(startAt, after).dividedBy(period) + 1;
        yield Optional.of(unbent(startAt.plus(period.multipliedBy(passed))));
      }
      case FixedDelay _ -> first ? allowed(startAt) : Optional.empty();
    };
  }

  /// An instant, or the end of the exclusion that it lies in.
  private Optional<PlannedInstant> allowed(Instant at) {
    Instant allowed = at.isBefore(startAt) ? startAt : at;
    for (int steps = 0; steps < MOST_STEPS; steps += exclusions.size() + 1) {
      Optional<Instant> end = endOfExclusion(allowed);
      if (end.isEmpty() || end.get().equals(allowed)) {
        return end.map(this::unbent);
      }
      allowed = end.get();
    }
    return Optional.empty();
  }

  private PlannedInstant unbent(Instant at) {
    return new PlannedInstant(at, at.atZone(zone), Bend.NONE);
  }

  /// The end of the longest stretch from an instant that one exclusion covers, or of the part of it
  /// before the next clock change.
  ///
  /// @return the instant itself if it is not excluded; empty if the stretch has no end
  private Optional<Instant> endOfExclusion(Instant at) {
    Instant end = at;
    for (CronExpression exclusion : exclusions) {
      ZoneRules rules = zone.getRules();
      ZoneOffset offset = rules.getOffset(at);
      LocalDateTime local = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, offset);
      if (exclusion.matches(local)) {
        Optional<LocalDateTime> free = exclusion.nextUnmatched(local);
        if (free.isEmpty()) {
          return Optional.empty();
        }
        Instant reached = free.get().toInstant(offset);
        ZoneOffsetTransition transition = rules.nextTransition(at);
        if (transition != null && transition.getInstant().isBefore(reached)) {
          reached = transition.getInstant();
        }
        end = reached.isAfter(end) ? reached : end;
      }
    }
    return Optional.of(end);
  }
}
