package dev.taskscheduler.schedule;

import java.time.Duration;
import java.time.Instant;

/// A delay of planned instants that spreads schedules which would fire together. It is a hash of
/// the schedule's name and the planned instant, so that each leader computes the same.
public final class Jitter {
  private Jitter() {}

  /// The delay of a planned instant, in whole milliseconds.
  ///
  /// @return 0 or more, and less than the bound; 0 for a bound under a millisecond
  public static Duration of(String name, Instant planned, Duration bound) {
    if (bound.isNegative()) {
      throw new IllegalArgumentException("bound must be 0 or more, was " + bound);
    }
    long most = bound.toMillis();
    return most == 0
        ? Duration.ZERO
        : Duration.ofMillis(Math.floorMod(StableHash.of(name, planned.toEpochMilli()), most));
  }

  /// A planned instant with its delay.
  public static Instant delayed(String name, Instant planned, Duration bound) {
    return planned.plus(of(name, planned, bound));
  }

  /// A planned instant with its delay, always before the next planned instant: the bound is the
  /// time until then if that is shorter.
  public static Instant delayed(String name, Instant planned, Duration bound, Instant next) {
    if (!next.isAfter(planned)) {
      throw new IllegalArgumentException("next must be after " + planned + ", was " + next);
    }
    Duration gap = Duration.between(planned, next);
    return delayed(name, planned, gap.compareTo(bound) < 0 ? gap : bound);
  }
}
