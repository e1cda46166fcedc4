package dev.taskscheduler.lease;

import dev.taskscheduler.spi.FencingToken;
import java.time.Instant;

/// The answer to a request for the lease.
public sealed interface Acquisition {
  /// The candidate holds the lease.
  ///
  /// @param token what every write must carry from now on
  /// @param since when, by Redis's clock
  record Granted(FencingToken token, Instant since) implements Acquisition {}

  /// Another holds it, or what the candidate observed has changed.
  ///
  /// @param now the state of the lease instead
  record Refused(LeaseState now) implements Acquisition {}
}
