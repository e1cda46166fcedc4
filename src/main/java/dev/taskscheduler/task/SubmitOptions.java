package dev.taskscheduler.task;

import java.time.Duration;
import java.util.Optional;

/// The options of the submission itself, which are not stored with the task.
///
/// @param idempotency under which key it is to be kept once
/// @param uniqueWindow the time for which no other task may have held the task's unique key,
///   instead of until the task ends
/// @param durability what is to be reached before the answer
public record SubmitOptions(
    Optional<Idempotency> idempotency, Optional<UniqueWindow> uniqueWindow, Durability durability) {
  /// Nothing beyond the usual.
  public static final SubmitOptions NONE =
      new SubmitOptions(Optional.empty(), Optional.empty(), Durability.MEMORY);

  /// The same, to be kept once under a key.
  public SubmitOptions once(Idempotency key) {
    return new SubmitOptions(Optional.of(key), uniqueWindow, durability);
  }

  /// The first submission under a key is the one that is kept; the same sent again within the time
  /// is answered as the first was.
  ///
  /// @param keyHash of the key, hexadecimal, 32 digits
  /// @param fingerprint of the body, hexadecimal, 32 digits: another one under the same key is a
  ///   mistake of the client
  /// @param remembered how long
  public record Idempotency(String keyHash, String fingerprint, Duration remembered) {}

  /// @param keyHash of the unique key, hexadecimal, 32 digits
  /// @param window from the submission on, whatever becomes of the task
  public record UniqueWindow(String keyHash, Duration window) {}
}
