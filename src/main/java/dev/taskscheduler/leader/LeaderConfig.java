package dev.taskscheduler.leader;

import java.time.Duration;

/// The configuration of leadership.
///
/// @param node this node's id
/// @param trust how long a leader trusts itself after the start of a renewal that succeeded
/// @param drain how long running tasks may go on at a planned stop
/// @param eligible false for a node that accepts and answers but never leads
public record LeaderConfig(String node, Duration trust, Duration drain, boolean eligible) {
  private static final Duration SHORT = Duration.ofSeconds(1);

  /// How long running tasks may go on where another is nominated already, who waits for the end.
  Duration shortDrain() {
    return drain.compareTo(SHORT) < 0 ? drain : SHORT;
  }
}
