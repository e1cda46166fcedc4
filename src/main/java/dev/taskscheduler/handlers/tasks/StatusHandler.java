package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/// `GET /status?id=`.
public final class StatusHandler implements Handler {
  private final TaskQueries tasks;

  public StatusHandler(TaskQueries tasks) {
    this.tasks = tasks;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
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
    Optional<Task> task = tasks.find(ids.getFirst()).filter(found -> caller.allows(found.type()));
    if (task.isEmpty()) {
      Responses.problem(req, res, TaskIds.UNKNOWN);
      return;
    }
    byte[] body = JsonText.object(json -> TaskJson.write(json, task.get()));
    Responses.json(req, res, Status.OK_200, body);
  }
}
