package dev.taskscheduler.leader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The time for which a leader trusts that no other node leads. It ends one trust, less a margin,
/// after the start of its last good call, by the monotonic or the wall clock, whichever is first.
///
/// The start, because Redis may have counted the renewal at any time after it, and others watch
/// from then on. Both clocks, because the monotonic one stops while a machine is suspended; a step
/// of the wall clock can only end trust early, never prolong it. Trust that was once seen to have
/// ended never comes back, whatever the clocks or late answers say. No clock is read here. Safe for
/// use by several threads.
final class Trust {
  /// Others' clocks may run faster than ours (the tenth is far more than any quartz), and the
  /// thread that has just asked may be off the processor for a while before it acts (the 50 ms).
  private static final Duration LEAST_MARGIN = Duration.ofMillis(50);

  private static final int MARGIN_DIVISOR = 10;

  private record Until(long nanos, long wallMs) {}

  private final long span;

  /// Null once trust has ended.
  private volatile @Nullable Until until;

  /// @param startNanos the monotonic clock before the acquisition was sent
  /// @param startWallMs the wall clock at the same moment
  Trust(Duration trust, long startNanos, long startWallMs) {
    this.span = trust.minus(margin(trust)).toNanos();
    this.until = from(startNanos, startWallMs);
  }

  /// By how much a holder trusts itself less than others wait.
  static Duration margin(Duration trust) {
    Duration part = Duration.ofNanos(trust.toNanos() / MARGIN_DIVISOR);
    return part.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : part;
  }

  private Until from(long startNanos, long startWallMs) {
    return new Until(startNanos + span, startWallMs + span / 1_000_000);
  }

  /// Counts a renewal that was answered at `nowNanos`.
  ///
  /// @return false if trust had ended before the answer arrived; then nothing is revived
  synchronized boolean extend(long startNanos, long startWallMs, long nowNanos, long nowWallMs) {
    if (leftNanos(nowNanos, nowWallMs) == 0) {
      return false;
    }
    until = from(startNanos, startWallMs);
    return leftNanos(nowNanos, nowWallMs) > 0;
  }

  /// How long trust lasts from now; 0 once it has ended.
  long leftNanos(long nowNanos, long nowWallMs) {
    Until now = until;
    if (now == null) {
      return 0;
    }
    long left = Math.min(now.nanos - nowNanos, (now.wallMs - nowWallMs) * 1_000_000);
    if (left > 0) {
      return left;
    }
    end();
    return 0;
  }

  /// Ends it for good.
  synchronized void end() {
    until = null;
  }
}
