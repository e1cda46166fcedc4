package dev.taskscheduler.handlers;

import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.TaskState;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `GET /status?id=`.
final class StatusHandler implements Handler {
  private final TaskService tasks;

  StatusHandler(TaskService tasks) {
    this.tasks = tasks;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    List<String> ids = req.query().all("id", List::of);
    if (ids.size() != 1 || !TaskIds.isOne(ids.getFirst())) {
      Answers.problem(
          req,
          res,
          Problem.of(
              Status.BAD_REQUEST_400,
              "Send one query parameter id with the id that /submit answered: a UUID in lower"
                  + " case, such as 019aa0e6-5b3c-7000-8000-000000000000."));
      return;
    }
    Optional<Task> task = tasks.find(ids.getFirst());
    if (task.isEmpty()) {
      Answers.problem(req, res, TaskIds.UNKNOWN);
      return;
    }
    byte[] body = JsonText.object(json -> write(json, task.get()));
    Answers.json(req, res, Status.OK_200, body);
  }

  private static void write(JsonGenerator json, Task task) {
    json.writeStringProperty("id", task.id());
    json.writeStringProperty("status", status(task.state()));
    json.writeStringProperty("state", state(task.state()));
    json.writeStringProperty("priority", task.priority().wire());
    json.writeStringProperty("type", task.type());
    json.writeNumberProperty("attempt", task.attempts());
    time(json, "submittedAt", task.submittedAt());
    switch (task.state()) {
      case TaskState.Ready ready -> {}
      case TaskState.Scheduled(Instant dueAt) -> time(json, "dueAt", dueAt);
      case TaskState.Retrying(Instant dueAt) -> time(json, "dueAt", dueAt);
      case TaskState.Expired(Instant finishedAt) -> time(json, "finishedAt", finishedAt);
      case TaskState.Cancelled(Instant finishedAt) -> time(json, "finishedAt", finishedAt);
      case TaskState.Running(long epoch, Instant startedAt) -> {
        time(json, "startedAt", startedAt);
        json.writeNumberProperty("epoch", epoch);
      }
      case TaskState.Completed(Instant startedAt, Instant finishedAt) -> {
        time(json, "startedAt", startedAt);
        time(json, "finishedAt", finishedAt);
      }
      case TaskState.Dead(Instant startedAt, Instant finishedAt, String error) -> {
        time(json, "startedAt", startedAt);
        time(json, "finishedAt", finishedAt);
        json.writeStringProperty("error", JsonText.outside(error));
      }
    }
  }

  private static void time(JsonGenerator json, String name, Instant instant) {
    json.writeStringProperty(name, JsonText.time(instant));
  }

  private static String status(TaskState state) {
    return switch (state) {
      case TaskState.Scheduled scheduled -> "pending";
      case TaskState.Retrying retrying -> "pending";
      case TaskState.Ready ready -> "pending";
      case TaskState.Running running -> "pending";
      case TaskState.Completed completed -> "completed";
      case TaskState.Dead dead -> "failed";
      case TaskState.Expired expired -> "failed";
      case TaskState.Cancelled cancelled -> "cancelled";
    };
  }

  private static String state(TaskState state) {
    return switch (state) {
      case TaskState.Scheduled scheduled -> "scheduled";
      case TaskState.Retrying retrying -> "retrying";
      case TaskState.Ready ready -> "ready";
      case TaskState.Running running -> "running";
      case TaskState.Completed completed -> "completed";
      case TaskState.Dead dead -> "dead";
      case TaskState.Expired expired -> "expired";
      case TaskState.Cancelled cancelled -> "cancelled";
    };
  }
}
