package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.task.SubmitResult;
import io.helidon.http.Status;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Makes the problem details for submissions that were not stored.
public final class SubmitProblems {
  private static final int UNPROCESSABLE = 422;

  private final Set<String> types;

  /// @param types that have a runner on this node
  SubmitProblems(Set<String> types) {
    this.types = types;
  }

  /// @throws IllegalArgumentException if the task was stored
  Problem problem(SubmitResult answer) {
    return switch (answer) {
      case SubmitResult.QueueFull(long maxPending) ->
          queueFull(
              "Nothing was stored: " + maxPending + " tasks are pending, the limit (MAX_PENDING).");
      case SubmitResult.Uncertain(String id, String reason) -> uncertain(id, reason);
      case SubmitResult.UnknownType(String type) -> unknownType(type);
      case SubmitResult.KeyReused(String id) -> keyReused(id);
      case SubmitResult.NotDurable(String reason) -> notDurable(reason);
      case SubmitResult.InvalidFields(List<PayloadError> faults) ->
          invalid(
              faults.stream()
                  .map(fault -> new FieldError(fault.pointer(), fault.detail()))
                  .toList());
      case SubmitResult.Accepted _, SubmitResult.Replayed _, SubmitResult.Duplicate _ ->
          throw new IllegalArgumentException("stored");
    };
  }

  /// The token is limited to other types.
  static Problem typeNotAllowed() {
    return Problem.named(
            "type-not-allowed",
            "The token may not submit this type",
            Status.FORBIDDEN_403,
            "Nothing was stored. Use a type that the token allows, or another token.")
        .with(
            List.of(
                new FieldError(
                    "/type",
                    "must be one of "
                        + String.join(", ", new TreeSet<>(Caller.current().types())))));
  }

  /// The answer to a body with invalid fields.
  public static Problem invalid(List<FieldError> faults) {
    return Problem.named(
            "invalid-body",
            "The body has invalid fields",
            Status.BAD_REQUEST_400,
            faults.size() < FieldErrors.MOST
                ? "Correct the fields in errors and send the request again."
                : "Correct the fields in errors and send the request again; there may be more errors.")
        .with(faults);
  }

  /// The answer to a body that is no JSON.
  public static Problem malformed(String detail) {
    return Problem.named(
        "malformed-body", "The body cannot be read", Status.BAD_REQUEST_400, detail);
  }

  /// The queue is full, so a dead task cannot be retried.
  public static Problem noRoomToRetry() {
    return queueFull(
        "The task cannot be retried: the number of pending tasks is at its limit (MAX_PENDING).");
  }

  /// The queue is full, so a schedule cannot fire now.
  public static Problem noRoomToFire() {
    return queueFull(
        "The schedule cannot fire: the number of pending tasks is at its limit (MAX_PENDING).");
  }

  private static Problem queueFull(String why) {
    return Problem.named(
            "queue-full",
            "The queue is full",
            Status.TOO_MANY_REQUESTS_429,
            why + " Try again later.")
        .retry(ErrorMapping.RETRY_SOON);
  }

  private static Problem uncertain(String id, String reason) {
    return Problem.named(
            "outcome-unknown",
            "The outcome of the submission is unknown",
            Status.SERVICE_UNAVAILABLE_503,
            ("The task may have been accepted%s. Call GET /status?id=%s first; submit again "
                    + "only if that answers 404.")
                .formatted(Caller.current().shown(" (" + reason + ")", ""), id))
        .about(id)
        .retry(ErrorMapping.RETRY_SOON);
  }

  private Problem unknownType(String type) {
    return Problem.named(
            "unknown-type",
            "No runner has this type",
            Status.create(UNPROCESSABLE),
            "Nothing was stored. Use a type that this node runs.")
        .with(
            List.of(
                new FieldError(
                    "/type",
                    "\"%s\" has no runner on this node; it runs %s"
                        .formatted(type, String.join(", ", new TreeSet<>(types))))));
  }

  private static Problem keyReused(String id) {
    return Problem.named(
            "idempotency-key-reused",
            "The Idempotency-Key was used with another body",
            Status.create(UNPROCESSABLE),
            ("Nothing was stored: this Idempotency-Key was used with another body, for the "
                    + "task %s. Send the same body, or use another key.")
                .formatted(id))
        .about(id);
  }

  private static Problem notDurable(String reason) {
    return Problem.named(
        "durability-unavailable",
        "The requested durability is not available",
        Status.create(UNPROCESSABLE),
        "Nothing was stored: " + reason + ". Request a lower durability, or configure Redis.");
  }
}
