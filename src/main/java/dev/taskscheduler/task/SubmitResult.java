package dev.taskscheduler.task;

import dev.taskscheduler.spi.PayloadError;
import java.util.List;

/// The answer to a submission.
public sealed interface SubmitResult {
  /// Stored by Redis.
  ///
  /// @param reached at the least what was asked for, unless Redis could not do it in time
  record Accepted(String id, Durability reached) implements SubmitResult {}

  /// It was accepted before, under the same idempotency key.
  ///
  /// @param reached by now, of what is asked for
  record Replayed(String id, Durability reached) implements SubmitResult {}

  /// Refused, nothing was stored: another body was sent before under this idempotency key, and
  /// answered with `id`.
  record KeyReused(String id) implements SubmitResult {}

  /// Refused, nothing was stored: that task holds the unique key, or did when this was first asked
  /// under the same idempotency key.
  record Duplicate(String id) implements SubmitResult {}

  /// Refused, nothing was stored: `maxPending` tasks wait already, as many as may.
  record QueueFull(long maxPending) implements SubmitResult {}

  /// Unknown: Redis did not answer in time. It may have been stored under `id`; ask for its status
  /// before submitting it again.
  record Uncertain(String id, String reason) implements SubmitResult {}

  /// Refused, nothing was stored: no runner of this type is known.
  record UnknownType(String type) implements SubmitResult {}

  /// Refused, nothing was stored: the runner of its type could not do anything with this payload,
  /// or its callback may not be called.
  ///
  /// @param faults all of them, up to a limit; at least one; their pointers are into the submission
  record InvalidFields(List<PayloadError> faults) implements SubmitResult {}

  /// Refused, nothing was stored: this Redis cannot do what was asked for.
  record NotDurable(String reason) implements SubmitResult {}
}
