package dev.taskscheduler.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/// The settings of a schedule, without its task.
///
/// @param timing its planned instants; `startAt` is [Instant#EPOCH] where it is to start at its
///   creation and has not been kept yet
/// @param startsAtCreation whether `startAt` was left out
/// @param jitter each fire is delayed by less than this, see [Jitter]
/// @param remaining fires that it may make; empty for no bound
public record ScheduleSettings(
    Timing timing,
    boolean startsAtCreation,
    OverlapPolicy overlap,
    CatchUp catchUp,
    Duration jitter,
    OptionalInt remaining) {
  public static final Duration LONGEST_JITTER = Duration.ofDays(1);
  public static final int MOST_REMAINING = 1_000_000_000;

  public ScheduleSettings {
    if (jitter.isNegative() || jitter.compareTo(LONGEST_JITTER) > 0) {
      throw new IllegalArgumentException("jitter must be 0 to 24 hours, was " + jitter);
    }
    if (remaining.isPresent()
        && (remaining.getAsInt() < 1 || remaining.getAsInt() > MOST_REMAINING)) {
      throw new IllegalArgumentException(
          "remaining must be 1 to " + MOST_REMAINING + ", was " + remaining.getAsInt());
    }
  }

  /// The same, counted from its creation where `startAt` was left out.
  public ScheduleSettings createdAt(Instant created) {
    return startsAtCreation
        ? new ScheduleSettings(
            timing.withStartAt(created), true, overlap, catchUp, jitter, remaining)
        : this;
  }
}
