package dev.taskscheduler.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Compares Redis's clock with the time that has passed here. After a jump ahead nothing should
/// fire for a while: a person may be about to set the clock right, and what has fired cannot be
/// taken back. A clock that stays there is believed.
final class ClockGuard {
  private final Duration jump;
  private final Duration hold;
  private @Nullable Instant last;
  private long lastNanos;
  private long heldUntilNanos;
  private Duration by = Duration.ZERO;

  /// @param jump how far ahead is too far
  /// @param hold how long nothing fires then
  ClockGuard(Duration jump, Duration hold) {
    this.jump = jump;
    this.hold = hold;
  }

  /// Looks at the clock.
  ///
  /// @param now the time of Redis's clock
  /// @param nanos the time here, by the monotonic clock
  /// @return how far it went ahead, while nothing should fire for that
  Optional<Duration> look(Instant now, long nanos) {
    if (last != null) {
      Duration ahead = Duration.between(last, now).minusNanos(nanos - lastNanos);
      if (ahead.compareTo(jump) > 0) {
        by = ahead;
        heldUntilNanos = nanos + hold.toNanos();
      } else if (ahead.plus(jump).isNegative()) { // it went back
        by = Duration.ZERO;
      }
    }
    last = now;
    lastNanos = nanos;
    if (by.isPositive() && nanos - heldUntilNanos >= 0) {
      by = Duration.ZERO;
    }
    return by.isPositive() ? Optional.of(by) : Optional.empty();
  }
}
