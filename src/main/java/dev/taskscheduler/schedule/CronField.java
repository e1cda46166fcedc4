package dev.taskscheduler.schedule;

import java.util.List;
import java.util.Locale;

/// The fields of a cron expression, in the order in which six of them are written.
enum CronField {
  SECOND("second", 0, 59, List.of()),
  MINUTE("minute", 0, 59, List.of()),
  HOUR("hour", 0, 23, List.of()),
  DAY_OF_MONTH("day of month", 1, 31, List.of()),
  MONTH(
      "month",
      1,
      12,
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
  DAY_OF_WEEK("day of week", 0, 6, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

  /// The last day of a month that every month has.
  private static final int LAST_COMMON_DAY = 28;

  private final String label;
  private final int min;
  private final int max;
  private final List<String> names;

  CronField(String label, int min, int max, List<String> names) {
    this.label = label;
    this.min = min;
    this.max = max;
    this.names = names;
  }

  /// Its name for people.
  String label() {
    return label;
  }

  int min() {
    return min;
  }

  /// The last value; that of the day of week is 6, Saturday.
  int max() {
    return max;
  }

  /// The last number that may be written; 7 is Sunday too.
  int maxWritten() {
    return this == DAY_OF_WEEK ? 7 : max;
  }

  /// The last value that `H` may choose, so that it is there in each month.
  int maxHashed() {
    return this == DAY_OF_MONTH ? LAST_COMMON_DAY : max;
  }

  /// How many values it has.
  int size() {
    return max - min + 1;
  }

  boolean isDay() {
    return this == DAY_OF_MONTH || this == DAY_OF_WEEK;
  }

  boolean hasNames() {
    return !names.isEmpty();
  }

  /// The value with this name, in any case of letters; -1 if there is none.
  int named(String name) {
    int at = names.indexOf(name.toUpperCase(Locale.ROOT));
    return at < 0 ? -1 : at + min;
  }

  /// What a single value may be, for people.
  String allowed() {
    String numbers = min + " to " + maxWritten();
    return names.isEmpty()
        ? numbers
        : numbers + ", or " + names.getFirst() + " to " + names.getLast();
  }

  /// All its values as bits.
  long all() {
    return ((1L << size()) - 1) << min;
  }
}
