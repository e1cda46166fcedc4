package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.task.PayloadError;
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

  /// @throws IllegalArgumentException if it was kept
  Problem problem(SubmitResult answer) {
    return switch (answer) {
      case SubmitResult.QueueFull(long maxPending) ->
          queueFull(
              "Nothing was kept: " + maxPending + " tasks have not ended yet, as many as may.");
      case SubmitResult.Uncertain(String id, String reason) -> uncertain(id, reason);
      case SubmitResult.UnknownType(String type) -> unknownType(type);
      case SubmitResult.KeyReused(String id) -> keyReused(id);
      case SubmitResult.NotDurable(String reason) -> notDurable(reason);
      case SubmitResult.InvalidPayload(List<PayloadError> faults) ->
          invalid(
              faults.stream()
                  .map(fault -> new FieldError("/payload" + fault.pointer(), fault.detail()))
                  .toList());
      case SubmitResult.Accepted accepted -> throw new IllegalArgumentException("kept");
      case SubmitResult.Replayed replayed -> throw new IllegalArgumentException("kept before");
      case SubmitResult.Duplicate duplicate -> throw new IllegalArgumentException("kept before");
    };
  }

  /// The token is limited to other types.
  static Problem typeNotAllowed() {
    return Problem.named(
            "type-not-allowed",
            "The token may not submit this type",
            Status.FORBIDDEN_403,
            "Nothing was kept: change what errors lists, or use another token.")
        .with(
            List.of(
                new FieldError(
                    "/type",
                    "must be one of "
                        + String.join(", ", new TreeSet<>(Caller.current().types())))));
  }

  static Problem invalid(List<FieldError> faults) {
    return Problem.named(
            "invalid-body",
            "The body is not what is asked for",
            Status.BAD_REQUEST_400,
            faults.size() < FieldErrors.MOST
                ? "Change what errors lists, and send it again."
                : "Change what errors lists, and send it again; there may be more to change.")
        .with(faults);
  }

  static Problem malformed(String detail) {
    return Problem.named(
        "malformed-body", "The body cannot be read", Status.BAD_REQUEST_400, detail);
  }

  /// Why a dead task could not be brought back.
  public static Problem noRoomToRetry() {
    return queueFull(
        "There is no room to bring tasks back: as many as may (MAX_PENDING) have not ended yet.");
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
            "Nobody knows whether the task was accepted",
            Status.SERVICE_UNAVAILABLE_503,
            "The task may have been accepted"
                + Caller.current().told(" (" + reason + ")", "")
                + ". Ask GET /status?id="
                + id
                + " first; submit again only if that answers 404.")
        .about(id)
        .retry(ErrorMapping.RETRY_SOON);
  }

  private Problem unknownType(String type) {
    return Problem.named(
            "unknown-type",
            "No runner has this type",
            Status.create(UNPROCESSABLE),
            "Nothing was kept: change what errors lists, and send it again.")
        .with(
            List.of(
                new FieldError(
                    "/type",
                    "\""
                        + type
                        + "\" is not known here; this node runs "
                        + String.join(", ", new TreeSet<>(types)))));
  }

  private static Problem keyReused(String id) {
    return Problem.named(
            "idempotency-key-reused",
            "The idempotency key belongs to another body",
            Status.create(UNPROCESSABLE),
            "Nothing was kept: another body came under this Idempotency-Key, and was answered with the"
                + " task "
                + id
                + ". Send the same body, or another key.")
        .about(id);
  }

  private static Problem notDurable(String reason) {
    return Problem.named(
        "durability-unavailable",
        "The durability asked for cannot be had",
        Status.create(UNPROCESSABLE),
        "Nothing was kept: " + reason + ". Ask for less, or set up Redis for it.");
  }
}
