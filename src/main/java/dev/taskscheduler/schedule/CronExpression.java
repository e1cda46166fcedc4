package dev.taskscheduler.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// A cron expression: the local times at which a schedule fires.
///
/// Five fields as in Unix (minute, hour, day of month, month, day of week) or six with the second
/// first. If both the day of month and the day of week are restricted, a day that matches either of
/// them fires, as in Unix. A field is unrestricted only when it is `*` or `?`: `*/2` restricts.
///
/// It knows nothing of time zones; [Timing] turns local times into instants. Immutable.
public final class CronExpression {
  /// The most characters of an expression.
  public static final int LONGEST = 200;

  /// Nothing fires after this year.
  public static final int LAST_YEAR = 2200;

  private static final int MINUTES = 60;
  private static final int HOURS = 24;
  private static final int MONTHS = 12;

  private final String text;
  private final CronParts parts;

  private CronExpression(String text, CronParts parts) {
    this.text = text;
    this.parts = parts;
  }

  /// Reads an expression.
  ///
  /// @param hashKey what `H` is hashed from, such as the name of the schedule
  /// @throws CronException if the text is no cron expression, or can never fire
  public static CronExpression parse(String text, String hashKey) {
    return new CronExpression(text, new CronParser(text, hashKey).parse());
  }

  /// As it was written.
  public String text() {
    return text;
  }

  /// Whether six fields were written, so that it fires by the second.
  public boolean hasSeconds() {
    return parts.hasSeconds();
  }

  /// Whether the field for the hour is `*` or has a step: it then runs through clock changes.
  public boolean runsThrough() {
    return parts.runsThrough();
  }

  /// What it means, in words: "at 09:00, Monday to Friday".
  public String sentence() {
    return CronSentence.of(parts);
  }

  /// The same for an exclusion: "on Saturday and Sunday" where whole days are meant.
  String exclusionSentence() {
    return CronSentence.ofExclusion(parts);
  }

  /// Whether this local time is meant. With five fields each second of a minute is.
  public boolean matches(LocalDateTime local) {
    return (!parts.hasSeconds() || has(parts.seconds(), local.getSecond()))
        && has(parts.minutes(), local.getMinute())
        && has(parts.hours(), local.getHour())
        && has(daysIn(local.getYear(), local.getMonthValue()), local.getDayOfMonth());
  }

  /// Whether it fires at exactly this local time: with five fields, at second 0 alone.
  boolean firesAt(LocalDateTime local) {
    return matches(local) && has(parts.seconds(), local.getSecond()) && local.getNano() == 0;
  }

  /// The first local time that matches strictly after another; always a whole second.
  ///
  /// @return empty if there is none up to the end of [#LAST_YEAR]
  public Optional<LocalDateTime> nextLocal(LocalDateTime after) {
    if (after.getYear() > LAST_YEAR) {
      return Optional.empty();
    }
    LocalDateTime from = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    if (from.getYear() > LAST_YEAR) {
      return Optional.empty();
    }
    int days = daysIn(from.getYear(), from.getMonthValue());
    if (has(days, from.getDayOfMonth())) {
      int second = nextSecondOfDay(from.toLocalTime());
      if (second >= 0) {
        return Optional.of(from.toLocalDate().atTime(LocalTime.ofSecondOfDay(second)));
      }
    }
    return nextDay(from.toLocalDate(), days)
        .map(day -> day.atTime(LocalTime.ofSecondOfDay(nextSecondOfDay(LocalTime.MIDNIGHT))));
  }

  /// The first local time strictly after one that matches which does not match; a whole minute with
  /// five fields, else a whole second.
  ///
  /// @return empty if all match up to the end of [#LAST_YEAR]
  Optional<LocalDateTime> nextUnmatched(LocalDateTime after) {
    LocalDateTime from = after.truncatedTo(ChronoUnit.SECONDS);
    long seconds = parts.hasSeconds() ? parts.seconds() : CronField.SECOND.all();
    int second = next(~seconds, from.getSecond() + 1, MINUTES);
    if (second >= 0) {
      return Optional.of(from.withSecond(second));
    }
    int free = next(~seconds, 0, MINUTES); // the first second of a matching minute that is free
    LocalDateTime hour = from.truncatedTo(ChronoUnit.HOURS);
    int minute = next(free >= 0 ? -1L : ~parts.minutes(), from.getMinute() + 1, MINUTES);
    if (minute >= 0) {
      boolean matching = has(parts.minutes(), minute);
      return Optional.of(hour.withMinute(minute).withSecond(matching ? free : 0));
    }
    boolean fullHour = free < 0 && parts.minutes() == CronField.MINUTE.all();
    int next = next(fullHour ? ~(long) parts.hours() : -1L, from.getHour() + 1, HOURS);
    if (next >= 0) {
      return Optional.of(firstUnmatched(hour.withHour(next), free));
    }
    boolean fullDay = fullHour && parts.hours() == CronField.HOUR.all();
    return nextUnmatchedDay(from.toLocalDate(), fullDay)
        .map(day -> firstUnmatched(day.atStartOfDay(), free));
  }

  /// The first time from the start of an hour that does not match, in a day that may match.
  private LocalDateTime firstUnmatched(LocalDateTime hour, int freeSecond) {
    if (!matchesDate(hour.toLocalDate()) || !has(parts.hours(), hour.getHour())) {
      return hour;
    }
    if (freeSecond >= 0) {
      return has(parts.minutes(), 0) ? hour.withSecond(freeSecond) : hour;
    }
    int minute = next(~parts.minutes(), 0, MINUTES);
    return minute >= 0
        ? hour.withMinute(minute)
        : hour.withHour(next(~(long) parts.hours(), 0, HOURS));
  }

  private boolean matchesDate(LocalDate date) {
    return has(daysIn(date.getYear(), date.getMonthValue()), date.getDayOfMonth());
  }

  private Optional<LocalDate> nextUnmatchedDay(LocalDate after, boolean fullDay) {
    LocalDate day = after.plusDays(1);
    while (fullDay && day.getYear() <= LAST_YEAR && matchesDate(day)) {
      day = day.plusDays(1);
    }
    return day.getYear() > LAST_YEAR ? Optional.empty() : Optional.of(day);
  }

  private static boolean has(long bits, int value) {
    return (bits >>> value & 1) != 0;
  }

  /// The first bit at or after one, below a limit; -1 if there is none.
  private static int next(long bits, int from, int limit) {
    if (from >= limit) {
      return -1;
    }
    int next = Long.numberOfTrailingZeros(bits >>> from << from);
    return next < limit ? next : -1;
  }

  private int daysIn(int year, int month) {
    return has(parts.months(), month) ? parts.days().in(year, month) : 0;
  }

  /// The first second of a day at or after a time that matches; -1 if there is none.
  private int nextSecondOfDay(LocalTime from) {
    int hour = from.getHour();
    int minute = from.getMinute();
    if (has(parts.hours(), hour)) {
      int second = next(parts.seconds(), from.getSecond(), MINUTES);
      if (has(parts.minutes(), minute) && second >= 0) {
        return secondOfDay(hour, minute, second);
      }
      int later = next(parts.minutes(), minute + 1, MINUTES);
      if (later >= 0) {
        return secondOfDay(hour, later, next(parts.seconds(), 0, MINUTES));
      }
    }
    int later = next(parts.hours(), hour + 1, HOURS);
    return later < 0
        ? -1
        : secondOfDay(later, next(parts.minutes(), 0, MINUTES), next(parts.seconds(), 0, MINUTES));
  }

  private static int secondOfDay(int hour, int minute, int second) {
    return (hour * MINUTES + minute) * MINUTES + second;
  }

  /// The first day after one that matches.
  ///
  /// @param days those of its month that match
  private Optional<LocalDate> nextDay(LocalDate after, int days) {
    int year = after.getYear();
    int month = after.getMonthValue();
    int found = next(days, after.getDayOfMonth() + 1, Integer.SIZE);
    while (found < 0 && year <= LAST_YEAR) {
      month = next(parts.months(), month + 1, MONTHS + 1);
      if (month < 0) {
        year++;
        month = next(parts.months(), 1, MONTHS + 1);
      }
      found = next(parts.days().in(year, month), 1, Integer.SIZE);
    }
    return found < 0 || year > LAST_YEAR
        ? Optional.empty()
        : Optional.of(LocalDate.of(year, month, found));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression cron
        && text.equals(cron.text)
        && parts.equals(cron.parts);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
