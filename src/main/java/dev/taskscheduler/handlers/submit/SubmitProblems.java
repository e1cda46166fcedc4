package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskService;
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

  /// All errors of a body at once: those that its reader found, and what the runners say.
  static List<FieldError> errors(SubmitRequest.Invalid body, TaskService tasks) {
    FieldErrors all = new FieldErrors();
    body.faults().forEach(fault -> all.add(fault.pointer(), fault.detail()));
    if (!body.faulty("/type")) {
      List<FieldError> more =
          Caller.current().allows(body.rest().type())
              ? tasks
                  .refused(body.rest())
                  .map(refused -> errors(refused, tasks.types()))
                  .orElse(List.of())
              : List.of(typeNotAllowedError());
      more.stream()
          .filter(error -> !body.faulty(error.pointer()))
          .forEach(error -> all.add(error.pointer(), error.detail()));
    }
    return all.all();
  }

  /// The errors of a task that would not be stored.
  ///
  /// @param types that have a runner on this node
  static List<FieldError> errors(SubmitResult refused, Set<String> types) {
    return switch (refused) {
      case SubmitResult.InvalidFields(List<PayloadError> faults) ->
          faults.stream().map(fault -> new FieldError(fault.pointer(), fault.detail())).toList();
      case SubmitResult.UnknownType(String type) ->
          List.of(
              new FieldError(
                  "/type",
                  "\"%s\" has no runner on this node; it runs %s"
                      .formatted(type, String.join(", ", new TreeSet<>(types)))));
      default -> throw new IllegalStateException("not refused: " + refused);
    };
  }

  /// @throws IllegalArgumentException if the task was stored
  Problem problem(SubmitResult answer) {
    return switch (answer) {
      case SubmitResult.QueueFull(long maxPending) ->
          queueFull(
              "Nothing was stored: " + maxPending + " tasks are pending, the limit (MAX_PENDING).");
      case SubmitResult.Uncertain(String id, String reason) -> uncertain(id, reason);
      case SubmitResult.UnknownType unknown -> unknownType(unknown);
      case SubmitResult.KeyReused(String id) -> keyReused(id);
      case SubmitResult.NotDurable(String reason) -> notDurable(reason);
      case SubmitResult.InvalidFields fields -> invalid(errors(fields, types));
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
        .with(List.of(typeNotAllowedError()));
  }

  static FieldError typeNotAllowedError() {
    return new FieldError(
        "/type", "must be one of " + String.join(", ", new TreeSet<>(Caller.current().types())));
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

  private Problem unknownType(SubmitResult.UnknownType unknown) {
    return Problem.named(
            "unknown-type",
            "No runner has this type",
            Status.create(UNPROCESSABLE),
            "Nothing was stored. Use a type that this node runs.")
        .with(errors(unknown, types));
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
