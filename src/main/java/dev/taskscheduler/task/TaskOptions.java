package dev.taskscheduler.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The optional settings of a task; what is empty is as the leader is configured.
///
/// @param due when the task may start
/// @param retry how often and after what waits it is tried
/// @param timeout how long an attempt may take
/// @param expiresAt after which no attempt is started any more
/// @param retention how long it is kept once it has completed
/// @param callback whom to call once it has ended
/// @param uniqueKey hash of the key that no other pending task may hold, hexadecimal, 32 digits
/// @param traceparent of the request that submitted it, as W3C Trace Context writes it
public record TaskOptions(
    StartTime due,
    RetryPolicy retry,
    Optional<Duration> timeout,
    Optional<Instant> expiresAt,
    Optional<Duration> retention,
    Optional<Callback> callback,
    Optional<String> uniqueKey,
    Optional<String> traceparent) {
  /// Nothing beyond the usual.
  public static final TaskOptions NONE =
      new TaskOptions(
          StartTime.NOW,
          RetryPolicy.USUAL,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /// When a task that was submitted at `submittedAt` may start.
  public Instant dueAt(Instant submittedAt) {
    return switch (due) {
      case StartTime.Now() -> submittedAt;
      case StartTime.After(Duration delay) -> submittedAt.plus(delay);
      case StartTime.At(Instant time) -> time.isAfter(submittedAt) ? time : submittedAt;
    };
  }

  /// Whether nothing is to be looked after when the task completes.
  public boolean endsPlainly() {
    return retention.isEmpty() && callback.isEmpty() && uniqueKey.isEmpty();
  }

  public TaskOptions due(StartTime other) {
    return new TaskOptions(
        other, retry, timeout, expiresAt, retention, callback, uniqueKey, traceparent);
  }

  public TaskOptions retry(RetryPolicy other) {
    return new TaskOptions(
        due, other, timeout, expiresAt, retention, callback, uniqueKey, traceparent);
  }

  public TaskOptions timeout(Duration other) {
    return new TaskOptions(
        due, retry, Optional.of(other), expiresAt, retention, callback, uniqueKey, traceparent);
  }

  public TaskOptions expiresAt(Instant other) {
    return new TaskOptions(
        due, retry, timeout, Optional.of(other), retention, callback, uniqueKey, traceparent);
  }

  public TaskOptions retention(Duration other) {
    return new TaskOptions(
        due, retry, timeout, expiresAt, Optional.of(other), callback, uniqueKey, traceparent);
  }

  public TaskOptions callback(Callback other) {
    return new TaskOptions(
        due, retry, timeout, expiresAt, retention, Optional.of(other), uniqueKey, traceparent);
  }

  public TaskOptions uniqueKey(String other) {
    return new TaskOptions(
        due, retry, timeout, expiresAt, retention, callback, Optional.of(other), traceparent);
  }

  public TaskOptions traceparent(String other) {
    return new TaskOptions(
        due, retry, timeout, expiresAt, retention, callback, uniqueKey, Optional.of(other));
  }
}
