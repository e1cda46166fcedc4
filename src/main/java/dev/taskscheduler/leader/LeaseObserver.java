package dev.taskscheduler.leader;

import dev.taskscheduler.lease.LeaseState;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers what this node observed of the lease, and since when: whether it may stand, and what
/// it must show there.
///
/// Time counts from the answer of the first observation that showed something, since Redis may have
/// changed it at any time before. What [#passes] yields is what was seen when the wait ended, never
/// what was read since: the gate compares it, and whoever moved in between is not run over. No
/// clock is read here. One thread.
final class LeaseObserver {
  private final Duration ownTrust;
  private @Nullable LeaseState seen;
  private long seenSince;
  private boolean leaseKnown;

  /// @param ownTrust how long to wait where a lease has vanished, for its holder may still trust
  ///   itself
  LeaseObserver(Duration ownTrust) {
    this.ownTrust = ownTrust;
  }

  /// Takes note of what an observation showed.
  ///
  /// @param answeredAt the monotonic clock when the answer was there
  void saw(LeaseState observed, long answeredAt) {
    if (!unchanged(observed)) {
      seen = observed;
      seenSince = answeredAt;
    }
    leaseKnown |= observed instanceof LeaseState.Held;
  }

  private boolean unchanged(LeaseState now) {
    return now instanceof LeaseState.Held held
        ? seen != null && held.sameRenewal(seen)
        : seen instanceof LeaseState.Vacant;
  }

  /// This node has been admitted itself: what it saw before is worth nothing now.
  void admitted() {
    seen = null;
    leaseKnown = true;
  }

  /// What was seen last; null before the first observation.
  @Nullable LeaseState seen() {
    return seen;
  }

  /// What may be shown at the gate now; empty while it must be watched longer.
  Optional<LeaseState> passes(long now) {
    return seen != null && waitNanos(now) == 0 ? Optional.of(seen) : Optional.empty();
  }

  /// How long what was seen must still stand unchanged; 0 if it may be shown now, `Long.MAX_VALUE`
  /// before the first observation.
  long waitNanos(long now) {
    if (seen == null) {
      return Long.MAX_VALUE;
    }
    if (seen instanceof LeaseState.Held held) {
      return held.released() ? 0 : left(held.trust(), now);
    }
    return leaseKnown ? left(ownTrust, now) : 0;
  }

  private long left(Duration wait, long now) {
    return Math.max(0, wait.toNanos() - (now - seenSince));
  }
}
