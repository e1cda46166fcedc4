package dev.taskscheduler.lease;

import java.time.Instant;

/// The gate's answer to a nominee.
public sealed interface Acquisition {
  /// The nominee holds the fence.
  ///
  /// @param token what every write must carry from now on
  /// @param since when, by Redis's clock
  record Granted(FencingToken token, Instant since) implements Acquisition {}

  /// Another holds it, or what the nominee had watched no longer stands.
  ///
  /// @param now what the fence shows instead
  record Refused(LeaseState now) implements Acquisition {}
}
