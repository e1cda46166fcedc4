package dev.taskscheduler.lease;

import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;

/// The state of the lease at one observation.
public sealed interface LeaseState {
  /// Nobody holds a lease: nobody has led in this namespace yet, or Redis was emptied.
  record Vacant() implements LeaseState {}

  /// The holder, or the last one.
  ///
  /// @param token the holder's
  /// @param node the holder's node id, for people; identity is the token alone
  /// @param elector `redis` or `raft`
  /// @param trust how long the holder may trust itself after the start of a renewal
  /// @param renewals grows with each renewal; where it stands still, the holder may be dead
  /// @param released whether the holder gave it up; then whoever comes first may pass at once
  /// @param since when it was taken, by Redis's clock
  record Held(
      FencingToken token,
      String node,
      String elector,
      Duration trust,
      long renewals,
      boolean released,
      Instant since)
      implements LeaseState {

    /// Whether `other` shows the same holder at the same renewal: nothing happened between the two
    /// observations.
    public boolean sameRenewal(LeaseState other) {
      return other instanceof Held held
          && held.token.equals(token)
          && held.renewals == renewals
          && held.released == released;
    }

    /// The same once its holder has given it up.
    public Held afterRelease() {
      return new Held(token, node, elector, trust, renewals, true, since);
    }
  }
}
