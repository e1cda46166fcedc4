package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.PauseJson;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskOverview;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

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
          counts(json, overview.counts());
          json.writeObjectPropertyStart("ready");
          for (Priority priority : Priority.values()) {
            ready(json, overview, priority);
          }
          json.writeEndObject();
          overview.nextDue().ifPresent(due -> TaskJson.time(json, "nextDueAt", due));
          PauseJson.write(json, overview.paused());
        });
    Responses.json(req, res, Status.OK_200, body);
  }

  private static void counts(JsonGenerator json, TaskCounts counts) {
    json.writeObjectPropertyStart("tasks");
    json.writeNumberProperty("scheduled", counts.scheduled());
    json.writeNumberProperty(
        "ready", counts.ready().values().stream().mapToLong(Long::longValue).sum());
    json.writeNumberProperty("running", counts.running());
    json.writeNumberProperty("completed", counts.completed());
    json.writeNumberProperty("dead", counts.dead());
    json.writeNumberProperty("expired", counts.expired());
    json.writeNumberProperty("cancelled", counts.cancelled());
    json.writeEndObject();
  }

  private static void ready(JsonGenerator json, TaskOverview overview, Priority priority) {
    json.writeObjectPropertyStart(priority.wire());
    json.writeNumberProperty("tasks", overview.counts().ready().getOrDefault(priority, 0L));
    Optional.ofNullable(overview.front().get(priority))
        .ifPresent(submitted -> TaskJson.time(json, "oldestSubmittedAt", submitted));
    json.writeEndObject();
  }
}
