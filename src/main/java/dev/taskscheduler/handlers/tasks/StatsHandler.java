package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.TaskOverview;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;

/// `GET /stats`.
public final class StatsHandler implements Handler {
  private final TaskQueries tasks;
  private final LeaderView leader;

  public StatsHandler(TaskQueries tasks, LeaderView leader) {
    this.tasks = tasks;
    this.leader = leader;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    TaskOverview overview = tasks.overview();
    Optional<Leader> now = leader.leader();
    byte[] body =
        JsonText.object(json -> {
          now.ifPresentOrElse(
              known -> json.writeStringProperty("leader", known.node()),
              () -> json.writeNullProperty("leader"));
          StatsJson.write(json, overview);
        });
    Responses.json(req, res, Status.OK_200, body);
  }
}
