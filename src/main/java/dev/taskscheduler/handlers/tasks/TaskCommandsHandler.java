package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.RunResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/// `DELETE /tasks/{id}`, `POST /tasks/{id}/run` and `POST /tasks/{id}/retry`.
public final class TaskCommandsHandler {
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

  public void run(ServerRequest req, ServerResponse res) {
    String id = TaskIds.of(req).orElse("");
    switch (id.isEmpty() ? RunResult.UNKNOWN : tasks.run(id)) {
      case MOVED -> {
        CommandLog.task("run", id, "ready");
        ready(req, res, id);
      }
      case UNKNOWN -> Responses.problem(req, res, TaskIds.UNKNOWN);
      case READY -> Responses.problem(req, res, notWaiting(id, "is ready already"));
      case RUNNING -> Responses.problem(req, res, notWaiting(id, "runs already"));
      case ENDED -> Responses.problem(req, res, notWaiting(id, "has ended"));
    }
  }

  private static void ready(ServerRequest req, ServerResponse res, String id) {
    byte[] body =
        JsonText.object(json -> {
          json.writeStringProperty("id", id);
          json.writeStringProperty("state", "ready");
        });
    Responses.json(req, res, Status.ACCEPTED_202, body);
  }

  private static Problem notWaiting(String id, String why) {
    return Problem.named(
            "not-waiting",
            "The task does not wait for a time",
            Status.CONFLICT_409,
            "Only scheduled and retrying tasks can be run now; this one " + why + ".")
        .about(id);
  }

  public void retry(ServerRequest req, ServerResponse res) {
    String id = TaskIds.of(req).orElse("");
    switch (id.isEmpty() ? RetryResult.UNKNOWN : tasks.retry(List.of(id)).getFirst()) {
      case RETRIED -> {
        CommandLog.task("retry", id, "retried");
        ready(req, res, id);
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
}
