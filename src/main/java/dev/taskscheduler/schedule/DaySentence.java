package dev.taskscheduler.schedule;

import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The days of a cron expression in words.
final class DaySentence {
  private static final int WEEK = 7;

  private final DayRules days;
  private final ValueSet months;

  DaySentence(CronParts parts) {
    this.days = parts.days();
    this.months = ValueSet.of(CronField.MONTH, parts.months());
  }

  /// "Monday to Friday", "on the 1st of the month", "every day"; with the months.
  String text() {
    if (days.anyDate() && days.anyWeekday()) {
      return months.isAll() ? "every day" : "every day in " + monthNames();
    }
    if (days.anyDate()) {
      return months.isAll() ? weekdays() : weekdays() + ", in " + monthNames();
    }
    if (days.anyWeekday()) {
      return dates(months.isAll() ? "the month" : monthNames());
    }
    String either = dates("the month") + " or " + onWeekdays();
    return months.isAll() ? either : either + ", in " + monthNames();
  }

  /// Whether it says more than that each day is meant.
  boolean restricted() {
    return !days.anyDate() || !days.anyWeekday() || !months.isAll();
  }

  private String monthNames() {
    if (months.isRound()) {
      return "every " + Words.ordinal(months.step()) + " month from " + month(months.first());
    }
    return Words.list(months.items(DaySentence::month));
  }

  private static String month(int month) {
    return Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  /// "on the 1st, the 15th and the last day of the month".
  private String dates(String of) {
    List<String> items = new ArrayList<>();
    if (days.dates() != 0) {
      ValueSet set = ValueSet.of(CronField.DAY_OF_MONTH, days.dates() & 0xffffffffL);
      if (set.isAll()) {
        items.add("any day");
      } else if (set.step() > 0 && set.values().size() > 4) {
        items.add(
            "every "
                + Words.ordinal(set.step())
                + " day from the "
                + Words.ordinal(set.first())
                + " to the "
                + Words.ordinal(set.last()));
      } else {
        items.addAll(set.items(day -> "the " + Words.ordinal(day)));
      }
    }
    for (int left = days.nearest(); left != 0; left &= left - 1) {
      int day = Integer.numberOfTrailingZeros(left);
      items.add("the weekday nearest to the " + Words.ordinal(day));
    }
    for (int left = days.beforeLast() & ~1; left != 0; left &= left - 1) {
      int before = Integer.numberOfTrailingZeros(left);
      items.add(
          before == 1
              ? "the day before the last day"
              : "the " + Words.ordinal(before) + " day before the last day");
    }
    if ((days.beforeLast() & 1) != 0) {
      items.add("the last day");
    }
    if (days.lastWeekday()) {
      items.add("the last weekday");
    }
    return "on " + Words.list(items) + " of " + of;
  }

  /// "Monday to Friday" for one range, else as [#onWeekdays].
  private String weekdays() {
    ValueSet set = ValueSet.of(CronField.DAY_OF_WEEK, days.weekdays());
    boolean plain = days.lastOf() == 0 && days.nth() == 0;
    return plain && !set.isAll() && set.runs().size() == 1 && set.values().size() > 2
        ? set.items(DaySentence::weekday).getFirst()
        : onWeekdays();
  }

  private String onWeekdays() {
    List<String> items = new ArrayList<>();
    if (days.weekdays() != 0) {
      ValueSet set = ValueSet.of(CronField.DAY_OF_WEEK, days.weekdays());
      if (set.isAll()) {
        items.add("any day of the week");
      } else {
        items.addAll(set.items(DaySentence::weekday));
      }
    }
    for (long left = days.nth(); left != 0; left &= left - 1) {
      int bit = Long.numberOfTrailingZeros(left);
      items.add(
          "the " + Words.ordinal(bit / WEEK + 1) + " " + weekday(bit % WEEK) + " of the month");
    }
    for (int left = days.lastOf(); left != 0; left &= left - 1) {
      int day = Integer.numberOfTrailingZeros(left);
      items.add("the last " + weekday(day) + " of the month");
    }
    return "on " + Words.list(items);
  }

  /// @param day 0 is Sunday
  private static String weekday(int day) {
    return DayOfWeek.of(day == 0 ? WEEK : day).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }
}
