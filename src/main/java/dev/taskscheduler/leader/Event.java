package dev.taskscheduler.leader;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;

/// The events of the thread that owns leadership.
sealed interface Event {
  /// The elector wants this node to lead.
  record Nominated() implements Event {}

  /// The elector does not want this node to lead any more.
  record Withdrawn() implements Event {}

  /// The lease may have changed.
  record Hint() implements Event {}

  /// An observation was answered.
  ///
  /// @param answeredAt the monotonic clock when it was
  record Observed(LeaseState observed, long answeredAt) implements Event {}

  /// An observation failed.
  record ObserveFailed() implements Event {}

  /// This node was admitted.
  ///
  /// @param trust counted from the start of the call
  record Admitted(Acquisition.Granted grant, Trust trust) implements Event {}

  /// This node was not admitted.
  record Refused(LeaseState now, long answeredAt) implements Event {}

  /// An acquisition failed.
  record AcquireFailed(LeaseException cause) implements Event {}

  /// A release was answered, by yes or by no: the token does not hold the lease now.
  record Released(FencingToken token) implements Event {}

  /// A release failed.
  record ReleaseFailed(FencingToken token) implements Event {}

  /// The leadership must end, since it holds no more.
  record Lost(HeldLeadership leadership, String why) implements Event {}

  /// No task thread acts in the name of this leadership any more.
  record WorkEnded(HeldLeadership leadership) implements Event {}

  /// A person wants another to lead.
  record Resign() implements Event {}

  /// This node stops.
  record Close() implements Event {}
}
