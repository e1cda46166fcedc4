package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `GET /tasks`, `GET /tasks/{id}` and `GET /tasks/{id}/explain`: what people look at.
public final class TasksHandler {
  private final TaskQueries tasks;
  private final LeaderView leader;

  public TasksHandler(TaskQueries tasks, LeaderView leader) {
    this.tasks = tasks;
    this.leader = leader;
  }

  public void list(ServerRequest req, ServerResponse res) {
    FieldErrors faults = new FieldErrors();
    Optional<TaskQuery.Read> asked = TaskQuery.read(req.query(), faults);
    Optional<TaskPage> page = asked.flatMap(read -> tasks.list(read.filter(), read.cursor()));
    if (page.isPresent()) {
      Responses.json(req, res, Status.OK_200, JsonText.object(json -> write(json, page.get())));
      return;
    }
    if (faults.none()) {
      faults.add(
          "?cursor", "must be the next of an answer to a query for the same state and priority");
    }
    Responses.problem(req, res, TaskQuery.invalid(faults));
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

  public void show(ServerRequest req, ServerResponse res) {
    String id = req.path().pathParameters().get("id");
    Optional<byte[]> body = TaskIds.isOne(id) ? details(id) : Optional.empty();
    if (body.isEmpty()) {
      Responses.problem(req, res, TaskIds.UNKNOWN);
      return;
    }
    Responses.json(req, res, Status.OK_200, body.get());
  }

  /// Apart, so that nothing but the answer is held while it is sent.
  private Optional<byte[]> details(String id) {
    Optional<TaskDetails> task = tasks.details(id);
    return task.map(found -> JsonText.object(json -> TaskJson.write(json, found)));
  }

  public void explain(ServerRequest req, ServerResponse res) {
    String id = req.path().pathParameters().get("id");
    Optional<Explanation> found = TaskIds.isOne(id) ? tasks.explain(id) : Optional.empty();
    if (found.isEmpty()) {
      Responses.problem(req, res, TaskIds.UNKNOWN);
      return;
    }
    WaitReason reason = WaitReason.of(found.get(), leader.leader().isPresent());
    byte[] body =
        JsonText.object(json -> ExplanationJson.write(json, found.get(), reason, leader.leader()));
    Responses.json(req, res, Status.OK_200, body);
  }
}
