package dev.taskscheduler.schedule;

import java.time.Duration;

/// The choice of what happens to instants that passed while nothing could fire: no node led, Redis
/// was away, or the schedule was paused. An instant that is late by no more than [#ON_TIME] is not
/// one of them: it fires.
///
/// @param within older instants do not fire, 0 to 366 days
/// @param runs which of the others fire
/// @param max as many fire at the most, the latest ones, where `runs` is [Runs#ALL]; 1 to
///   [#MOST_RUNS]
public record CatchUp(Duration within, Runs runs, int max) {
  /// A fire that comes this late is still on time: a change of leaders takes no longer.
  public static final Duration ON_TIME = Duration.ofMinutes(1);

  public static final Duration LONGEST = Duration.ofDays(366);
  public static final int MOST_RUNS = 1_000;

  /// The last one, if it is an hour late at the most.
  public static final CatchUp DEFAULT = new CatchUp(Duration.ofHours(1), Runs.LAST, 100);

  /// Which instants fire late.
  public enum Runs {
    LAST,
    ALL,
    NONE
  }

  public CatchUp {
    if (within.isNegative() || within.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("within must be 0 to 366 days, was " + within);
    }
    if (max < 1 || max > MOST_RUNS) {
      throw new IllegalArgumentException("max must be 1 to " + MOST_RUNS + ", was " + max);
    }
  }
}
