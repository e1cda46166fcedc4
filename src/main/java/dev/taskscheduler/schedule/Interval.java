package dev.taskscheduler.schedule;

import java.time.Duration;

/// An interval at which a schedule fires. Both are whole milliseconds, from [#SHORTEST] to
/// [#LONGEST].
public sealed interface Interval {
  Duration SHORTEST = Duration.ofSeconds(1);
  Duration LONGEST = Duration.ofDays(3660);

  /// Fires at the start of its schedule and again each time that so much has passed, whatever its
  /// runs do.
  record Every(Duration period) implements Interval {
    public Every {
      check(period);
    }
  }

  /// Fires so long after the end of the last run.
  record FixedDelay(Duration delay) implements Interval {
    public FixedDelay {
      check(delay);
    }
  }

  private static void check(Duration duration) {
    if (duration.compareTo(SHORTEST) < 0
        || duration.compareTo(LONGEST) > 0
        || duration.getNano() % 1_000_000 != 0) {
      throw new IllegalArgumentException(
          "an interval must be whole milliseconds from "
              + SHORTEST
              + " to "
              + LONGEST
              + ", was "
              + duration);
    }
  }
}
