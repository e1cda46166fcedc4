package dev.taskscheduler.schedule;

import java.time.LocalDate;
import java.time.Month;
import java.time.YearMonth;

/// The days of a cron expression: its fields for the day of the month and the day of the week.
///
/// Both restricted: a day that matches either of them is meant, as in Unix.
///
/// @param anyDate whether the field for the day of the month is `*` or `?`
/// @param dates days of the month; bit 1 is the 1st
/// @param beforeLast days before the last day; bit 0 is `L`, bit 3 is `L-3`
/// @param nearest days whose nearest weekday is meant, `nW`; bit 1 is the 1st
/// @param lastWeekday whether the last weekday of the month is meant, `LW`
/// @param anyWeekday whether the field for the day of the week is `*` or `?`
/// @param weekdays days of the week; bit 0 is Sunday
/// @param lastOf days of the week whose last one in a month is meant; bit 0 is Sunday
/// @param nth the same for the first to the fifth: bit `7 * (n - 1) + day`, day 0 is Sunday
record DayRules(
    boolean anyDate,
    int dates,
    int beforeLast,
    int nearest,
    boolean lastWeekday,
    boolean anyWeekday,
    int weekdays,
    int lastOf,
    long nth) {
  private static final int WEEK = 7;
  private static final int SUNDAY = 0;
  private static final int SATURDAY = 6;

  /// The calendar repeats after so many years.
  private static final int CYCLE = 400;

  private static final int FIRST_YEAR = 2000;

  /// One bit in each of the five weeks that a month can touch.
  private static final long EACH_WEEK = 1L | 1L << 7 | 1L << 14 | 1L << 21 | 1L << 28 | 1L << 35;

  /// The days that match in a month.
  ///
  /// @return bit 1 is the 1st
  int in(int year, int month) {
    int length = YearMonth.of(year, month).lengthOfMonth();
    int all = (int) ((1L << (length + 1)) - 2);
    if (anyDate && anyWeekday) {
      return all;
    }
    int first = weekdayOfFirst(year, month);
    if (anyDate) {
      return byWeekday(length, first) & all;
    }
    int byDate = byDate(length, first) & all;
    return anyWeekday ? byDate : byDate | byWeekday(length, first) & all;
  }

  /// Whether any month of these has a day of the first field, however rare.
  ///
  /// @param months bit 1 is January
  boolean possible(int months) {
    if (!anyWeekday || anyDate) {
      return true;
    }
    for (int year = FIRST_YEAR; year < FIRST_YEAR + CYCLE; year++) {
      for (int month = 1; month <= Month.DECEMBER.getValue(); month++) {
        if ((months & 1 << month) != 0 && in(year, month) != 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static int weekdayOfFirst(int year, int month) {
    return LocalDate.of(year, month, 1).getDayOfWeek().getValue() % WEEK;
  }

  private int byDate(int length, int first) {
    int days = dates;
    for (int left = beforeLast; left != 0; left &= left - 1) {
      int day = length - Integer.numberOfTrailingZeros(left);
      days |= day < 1 ? 0 : 1 << day;
    }
    for (int left = nearest; left != 0; left &= left - 1) {
      int day = Integer.numberOfTrailingZeros(left);
      days |= day > length ? 0 : 1 << nearestWeekday(day, length, first);
    }
    return lastWeekday ? days | 1 << nearestWeekday(length, length, first) : days;
  }

  /// The weekday nearest to a day, in the same month.
  private static int nearestWeekday(int day, int length, int first) {
    int weekday = (first + day - 1) % WEEK;
    if (weekday == SATURDAY) {
      return day == 1 ? 3 : day - 1;
    }
    if (weekday == SUNDAY) {
      return day == length ? day - 2 : day + 1;
    }
    return day;
  }

  private int byWeekday(int length, int first) {
    // From the week of the 1st, whose bit for Sunday may lie before the 1st.
    int days = (int) (((weekdays * EACH_WEEK) >>> first) << 1);
    for (int left = lastOf; left != 0; left &= left - 1) {
      int day = firstDay(Integer.numberOfTrailingZeros(left), first) + 4 * WEEK;
      days |= 1 << (day > length ? day - WEEK : day);
    }
    for (long left = nth; left != 0; left &= left - 1) {
      int bit = Long.numberOfTrailingZeros(left);
      int day = firstDay(bit % WEEK, first) + bit / WEEK * WEEK;
      days |= day > length ? 0 : 1 << day;
    }
    return days;
  }

  /// The first day of a month that is this day of the week.
  private static int firstDay(int weekday, int first) {
    return 1 + Math.floorMod(weekday - first, WEEK);
  }
}
