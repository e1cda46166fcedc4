package dev.taskscheduler.leader;

import dev.taskscheduler.spi.FencingToken;

/// The states of this node's leadership.
sealed interface LeadershipState {
  /// Observes the lease, and asks for it when it wants to lead.
  record Following() implements LeadershipState {}

  /// The work runs.
  record Leading(HeldLeadership leadership, LeaseRenewer renewer) implements LeadershipState {}

  /// The work was asked to end, and has not reported its end yet.
  ///
  /// @param planned whether it may drain
  /// @param resigned whether another is to lead next
  /// @param deadline by when it is taken to have ended, on the monotonic clock
  record Ending(
      HeldLeadership leadership,
      LeaseRenewer renewer,
      boolean planned,
      boolean resigned,
      long deadline)
      implements LeadershipState {}

  /// The work has ended, and the lease is given up.
  ///
  /// @param deadline until when that is tried
  /// @param retryAt when it is asked again; equal to the deadline while a call is out
  record Releasing(FencingToken token, boolean resigned, long deadline, long retryAt)
      implements LeadershipState {}

  /// Takes part no more.
  record Closed() implements LeadershipState {}
}
