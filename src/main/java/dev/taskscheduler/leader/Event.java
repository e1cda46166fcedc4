package dev.taskscheduler.leader;

import dev.taskscheduler.fence.FenceException;
import dev.taskscheduler.fence.FencingToken;
import dev.taskscheduler.fence.Sighting;
import dev.taskscheduler.fence.TakeOver;

/// What happened, as the one thread that owns leadership is told it.
sealed interface Event {
  /// The elector wants this node to lead.
  record Nominated() implements Event {}

  /// The elector does not want this node to lead any more.
  record Withdrawn() implements Event {}

  /// The fence may have changed.
  record Hint() implements Event {}

  /// A look was answered.
  ///
  /// @param answeredAt the monotonic clock when it was
  record Seen(Sighting sighting, long answeredAt) implements Event {}

  /// A look failed.
  record LookFailed() implements Event {}

  /// This node was admitted.
  ///
  /// @param trust counted from the start of the call
  record Admitted(TakeOver.Granted grant, Trust trust) implements Event {}

  /// This node was not admitted.
  record Refused(Sighting now, long answeredAt) implements Event {}

  /// A take-over failed.
  record StandFailed(FenceException cause) implements Event {}

  /// A release was answered, by yes or by no: the token does not hold the fence now.
  record Released(FencingToken token) implements Event {}

  /// A release failed.
  record ReleaseFailed(FencingToken token) implements Event {}

  /// The leadership must end, since it holds no more.
  record Lost(Term term, String why) implements Event {}

  /// No task thread acts in the name of this leadership any more.
  record WorkEnded(Term term) implements Event {}

  /// A person wants another to lead.
  record Resign() implements Event {}

  /// This node stops.
  record Close() implements Event {}
}
