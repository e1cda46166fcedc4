package dev.taskscheduler.schedule;

/// A cron expression as it was read, each field as a set of bits.
///
/// @param seconds bit 0 is second 0; that alone where five fields were written
/// @param minutes bit 0 is minute 0
/// @param hours bit 0 is midnight
/// @param months bit 1 is January
/// @param hasSeconds whether six fields were written
/// @param runsThrough whether the field for the hour is `*` or has a step
record CronParts(
    long seconds,
    long minutes,
    int hours,
    DayRules days,
    int months,
    boolean hasSeconds,
    boolean runsThrough) {}
