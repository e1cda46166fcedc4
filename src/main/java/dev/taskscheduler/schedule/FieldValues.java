package dev.taskscheduler.schedule;

/// The values of one field of a cron expression; the last five are of a day field alone.
///
/// @param any whether it is `*` or `?`
/// @param repeats whether a part of it is `*` or has a step
/// @param values a bit for each value
/// @param beforeLast see [DayRules]
/// @param nearest see [DayRules]
/// @param lastWeekday see [DayRules]
/// @param lastOf see [DayRules]
/// @param nth see [DayRules]
record FieldValues(
    boolean any,
    boolean repeats,
    long values,
    int beforeLast,
    int nearest,
    boolean lastWeekday,
    int lastOf,
    long nth) {
  /// A field that is one number.
  static FieldValues only(int value) {
    return new FieldValues(false, false, 1L << value, 0, 0, false, 0, 0);
  }
}
