package dev.taskscheduler.lease;

import java.time.Duration;
import java.time.Instant;

/// The state of the lease at one observation.
public sealed interface LeaseState {
  /// No fence stands: nobody has led in this namespace yet, or Redis was emptied.
  record Vacant() implements LeaseState {}

  /// Somebody took over last.
  ///
  /// @param token the holder's
  /// @param node the holder's node id, for people; identity is the token alone
  /// @param elector `redis` or `raft`
  /// @param trust how long the holder may trust itself after the start of a beat
  /// @param beat counts up with each beat; a fence that stands still has a holder that may be dead
  /// @param released whether the holder gave it up; then whoever comes first may pass at once
  /// @param since when it was taken, by Redis's clock
  record Held(
      FencingToken token,
      String node,
      String elector,
      Duration trust,
      long beat,
      boolean released,
      Instant since)
      implements LeaseState {

    /// Whether `other` shows the same holder at the same beat: nothing happened between the two
    /// looks.
    public boolean sameBeat(LeaseState other) {
      return other instanceof Held held
          && held.token.equals(token)
          && held.beat == beat
          && held.released == released;
    }

    /// The same once its holder has given it up.
    public Held afterRelease() {
      return new Held(token, node, elector, trust, beat, true, since);
    }
  }
}
