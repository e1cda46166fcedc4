package dev.taskscheduler.node;

import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;

/// A periodic duty of the leader, run by [Maintenance]. It is bounded, and each of its writes
/// carries the token.
interface Chore {
  /// Does what is due now.
  ///
  /// @return how long until this is to run again, unless it is hinted at earlier
  Duration run(FencingToken token);

  /// Called once, on the same thread, when the leader's work has ended.
  default void end() {}
}
