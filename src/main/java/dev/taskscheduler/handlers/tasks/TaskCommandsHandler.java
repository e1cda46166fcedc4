package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// `DELETE /tasks/{id}`, `POST /tasks/{id}/retry` and `POST /tasks/retry`.
public final class TaskCommandsHandler {
  /// Pages that are read in one call, each of which may have found nothing.
  private static final int MOST_PAGES = 100;

  private static final Set<StateName> RETRYABLE = Set.of(StateName.DEAD, StateName.EXPIRED);

  private final TaskService tasks;

  public TaskCommandsHandler(TaskService tasks) {
    this.tasks = tasks;
  }

  public void cancel(ServerRequest req, ServerResponse res) {
    String id = TaskIds.of(req).orElse("");
    switch (id.isEmpty() ? new Cancellation.Unknown() : tasks.cancel(id)) {
      case Cancellation.Cancelled(StateName was) -> {
        CommandLog.task("cancel", id, "cancelled");
        answer(req, res, id, "cancelled", was.wire(), Status.OK_200);
      }
      case Cancellation.Asked asked -> {
        CommandLog.task("cancel", id, "cancelling");
        answer(req, res, id, "cancelling", "running", Status.ACCEPTED_202);
      }
      case Cancellation.Ended(String state) -> Responses.problem(req, res, ended(id, state));
      case Cancellation.Unknown unknown -> Responses.problem(req, res, TaskIds.UNKNOWN);
    }
  }

  private static void answer(
      ServerRequest req, ServerResponse res, String id, String state, String was, Status status) {
    byte[] body =
        JsonText.object(json -> {
          json.writeStringProperty("id", id);
          json.writeStringProperty("state", state);
          json.writeStringProperty("was", was);
        });
    Responses.json(req, res, status, body);
  }

  private static Problem ended(String id, String state) {
    return Problem.named(
            "task-ended",
            "The task has ended",
            Status.CONFLICT_409,
            "The task cannot be cancelled: it is " + state + ".")
        .about(id);
  }

  public void retry(ServerRequest req, ServerResponse res) {
    String id = TaskIds.of(req).orElse("");
    switch (id.isEmpty() ? RetryResult.UNKNOWN : tasks.retry(List.of(id)).getFirst()) {
      case RETRIED -> {
        CommandLog.task("retry", id, "retried");
        byte[] body =
            JsonText.object(json -> {
              json.writeStringProperty("id", id);
              json.writeStringProperty("state", "ready");
            });
        Responses.json(req, res, Status.ACCEPTED_202, body);
      }
      case UNKNOWN -> Responses.problem(req, res, TaskIds.UNKNOWN);
      case PENDING -> Responses.problem(req, res, notDead(id, "has not ended"));
      case COMPLETED -> Responses.problem(req, res, notDead(id, "has completed"));
      case CANCELLED -> Responses.problem(req, res, notDead(id, "was cancelled"));
      case QUEUE_FULL -> Responses.problem(req, res, SubmitProblems.noRoomToRetry().about(id));
      case NOT_UNIQUE ->
          Responses.problem(
              req,
              res,
              notDead(
                  id, "has a uniqueKey that another task holds; wait until that task has ended"));
    }
  }

  private static Problem notDead(String id, String why) {
    return Problem.named(
            "not-retryable",
            "The task cannot be retried",
            Status.CONFLICT_409,
            "Only dead and expired tasks can be retried; this one " + why + ".")
        .about(id);
  }

  /// Retries all dead or expired tasks that a query names, up to its limit. A task that is refused
  /// stays where it is, and `next` leads past it.
  public void retryAll(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader.refuseBody(req, errors);
    Optional<TaskQuery> query = TaskQuery.read(req.query(), errors);
    Set<StateName> states = query.map(read -> read.filter().states()).orElse(Set.of());
    if (states.isEmpty()) {
      states = Set.of(StateName.DEAD);
    } else if (!RETRYABLE.containsAll(states)) {
      errors.add("?state", "must be dead or expired, or the status failed; the default is dead");
    }
    if (query.isEmpty() || !errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    Optional<Retries> done = retryAll(query.get(), states);
    String which = states.stream().map(StateName::wire).sorted().collect(Collectors.joining(","));
    done.ifPresent(retries ->
        CommandLog.command(
            "retry",
            "state=%s retried=%s refused=%s".formatted(which, retries.retried, retries.refused)));
    if (done.isEmpty()) {
      errors.add("?cursor", "is unknown; leave it out");
      Responses.problem(req, res, QueryReader.invalid(errors));
    } else if (done.get().full && done.get().tried() == 0) {
      Responses.problem(req, res, SubmitProblems.noRoomToRetry());
    } else {
      Responses.json(req, res, Status.OK_200, JsonText.object(done.get()::write));
    }
  }

  /// @return empty if the cursor is not known
  private Optional<Retries> retryAll(TaskQuery query, Set<StateName> states) {
    Retries done = new Retries(query.cursor());
    for (int pages = 0; pages < MOST_PAGES && done.more && !done.full; pages++) {
      int limit = query.filter().limit() - done.tried();
      if (limit == 0) {
        break;
      }
      Optional<TaskPage> page = tasks.queries().list(query.filter().only(states, limit), done.next);
      if (page.isEmpty()) {
        return Optional.empty();
      }
      List<String> ids = page.get().tasks().stream().map(Task::id).toList();
      done.add(ids.isEmpty() ? List.of() : tasks.retry(ids), page.get().next());
    }
    return Optional.of(done);
  }

  /// The progress of one call that retries many.
  private static final class Retries {
    private int retried;
    private int refused;
    private String next; // the cursor where the next call goes on; empty at the beginning or end
    private boolean more = true; // whether there may be more
    private boolean full; // whether the queue is full

    Retries(String cursor) {
      next = cursor;
    }

    int tried() {
      return retried + refused;
    }

    void add(List<RetryResult> results, Optional<String> nextPage) {
      for (RetryResult result : results) {
        retried += result == RetryResult.RETRIED ? 1 : 0;
        full |= result == RetryResult.QUEUE_FULL;
        refused += result == RetryResult.RETRIED || result == RetryResult.QUEUE_FULL ? 0 : 1;
      }
      if (!full) { // else the page once more
        next = nextPage.orElse("");
        more = nextPage.isPresent();
      }
    }

    void write(JsonGenerator json) {
      json.writeNumberProperty("revived", retried);
      json.writeNumberProperty("refused", refused);
      json.writeBooleanProperty("more", more);
      if (!next.isEmpty()) {
        json.writeStringProperty("next", next);
      }
      if (full) {
        json.writeObjectPropertyStart("problem");
        SubmitProblems.noRoomToRetry().write(json);
        json.writeEndObject();
      }
    }
  }
}
