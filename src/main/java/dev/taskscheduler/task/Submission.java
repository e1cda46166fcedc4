package dev.taskscheduler.task;

/// The answer to a submission.
public sealed interface Submission {
  /// Kept by Redis; will end once.
  record Accepted(String id) implements Submission {}

  /// Refused, nothing was kept: `maxPending` tasks wait already, as many as may.
  record QueueFull(long maxPending) implements Submission {}

  /// Nobody knows: Redis did not answer in time. It may have been kept under `id`; ask for its
  /// status before submitting it again.
  record Uncertain(String id, String reason) implements Submission {}

  /// Refused, nothing was kept: no runner of this type is known.
  record UnknownType(String type) implements Submission {}
}
