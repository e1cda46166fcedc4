package dev.taskscheduler.task;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/// The values of [Backoff] that a task sets itself; what is empty is as the leader is configured
/// when an attempt has failed.
///
/// @param base 1 ms to a day
/// @param cap 1 ms to a day; not below base
/// @param factor 1 to 100
public record BackoffOverride(
    Optional<Duration> base, Optional<Duration> cap, OptionalDouble factor) {
  /// As the leader is configured.
  public static final BackoffOverride USUAL =
      new BackoffOverride(Optional.empty(), Optional.empty(), OptionalDouble.empty());

  public BackoffOverride {
    Duration lowest = base.or(() -> cap).orElse(Duration.ofMillis(1));
    Backoff.check(lowest, cap.orElse(lowest), factor.orElse(1));
  }

  /// All of it.
  public static BackoffOverride of(Backoff backoff) {
    return new BackoffOverride(
        Optional.of(backoff.base()),
        Optional.of(backoff.cap()),
        OptionalDouble.of(backoff.factor()));
  }

  /// What is asked for, over what is configured: a base beyond the configured cap lifts that, a cap
  /// under the configured base lowers that.
  public Backoff over(Backoff usual) {
    Duration first = base.orElse(usual.base());
    Duration most = cap.orElse(usual.cap());
    if (most.compareTo(first) < 0) { // one of them is not the task's: that one gives way
      first = base.isPresent() ? first : most;
      most = first;
    }
    return new Backoff(first, most, factor.orElse(usual.factor()));
  }
}
