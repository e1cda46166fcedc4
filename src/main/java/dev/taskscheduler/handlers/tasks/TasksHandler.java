package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `GET /tasks`, `GET /tasks/{id}`, `GET /tasks/{id}/explain` and `GET /status?id=`.
public final class TasksHandler {
  private final TaskQueries tasks;
  private final LeaderView leader;

  public TasksHandler(TaskQueries tasks, LeaderView leader) {
    this.tasks = tasks;
    this.leader = leader;
  }

  public void list(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    Optional<TaskQuery> query = TaskQuery.read(req.query(), errors);
    Optional<TaskPage> page = query.flatMap(read -> tasks.list(read.filter(), read.cursor()));
    if (page.isEmpty() && errors.none()) {
      errors.add(
          "?cursor",
          "must be the next of an answer to a query for the same state, priority and order");
    }
    page.ifPresentOrElse(
        found -> json(req, res, json -> write(json, found)),
        () -> Responses.problem(req, res, QueryReader.invalid(errors)));
  }

  private static void write(JsonGenerator json, TaskPage page) {
    json.writeArrayPropertyStart("tasks");
    for (Task task : page.tasks()) {
      json.writeStartObject();
      TaskJson.write(json, task);
      json.writeEndObject();
    }
    json.writeEndArray();
    page.next().ifPresent(next -> json.writeStringProperty("next", next));
  }

  private static void json(ServerRequest req, ServerResponse res, Consumer<JsonGenerator> fields) {
    Responses.json(req, res, Status.OK_200, JsonText.object(fields));
  }

  public void status(ServerRequest req, ServerResponse res) {
    List<String> ids = req.query().all("id", List::of);
    if (ids.size() != 1 || !TaskIds.isOne(ids.getFirst())) {
      Responses.problem(
          req,
          res,
          Problem.of(
              Status.BAD_REQUEST_400,
              "Send one query parameter id with the id that /submit answered: a UUID in lower"
                  + " case, such as 019aa0e6-5b3c-7000-8000-000000000000."));
      return;
    }
    Caller caller = Caller.current();
    tasks
        .find(ids.getFirst())
        .filter(found -> caller.allows(found.type()))
        .ifPresentOrElse(
            found -> json(req, res, json -> TaskJson.write(json, found)),
            () -> Responses.problem(req, res, TaskIds.UNKNOWN));
  }

  public void show(ServerRequest req, ServerResponse res) {
    details(req)
        .ifPresentOrElse(
            body -> Responses.json(req, res, Status.OK_200, body),
            () -> Responses.problem(req, res, TaskIds.UNKNOWN));
  }

  /// Apart, so that nothing but the answer is held while it is sent.
  private Optional<byte[]> details(ServerRequest req) {
    Optional<TaskDetails> task = TaskIds.of(req).flatMap(tasks::details);
    return task.map(found -> JsonText.object(json -> TaskJson.write(json, found)));
  }

  public void explain(ServerRequest req, ServerResponse res) {
    Optional<Leader> now = leader.leader();
    TaskIds.of(req)
        .flatMap(tasks::explain)
        .ifPresentOrElse(
            found -> json(req, res, json -> ExplanationJson.write(json, found, now)),
            () -> Responses.problem(req, res, TaskIds.UNKNOWN));
  }
}
