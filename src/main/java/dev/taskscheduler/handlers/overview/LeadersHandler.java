package dev.taskscheduler.handlers.overview;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.PastLeader;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// `GET /leader/history`: who has led, since when and why.
public final class LeadersHandler implements Handler {
  private static final int USUAL_LIMIT = 20;
  private static final int MOST = 100;

  private final ClusterQueries queries;

  public LeadersHandler(ClusterQueries queries) {
    this.queries = queries;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("limit"), "the parameter is limit");
    int limit = reader.limit(MOST).orElse(USUAL_LIMIT);
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    List<PastLeader> leaders = queries.leaders(limit);
    byte[] body =
        JsonText.object(json -> {
          json.writeArrayPropertyStart("changes");
          leaders.forEach(leader -> write(json, leader));
          json.writeEndArray();
        });
    Responses.json(req, res, Status.OK_200, body);
  }

  private static void write(JsonGenerator json, PastLeader leader) {
    json.writeStartObject();
    json.writeStringProperty("node", leader.node());
    json.writeNumberProperty("epoch", leader.epoch());
    leader.elector().ifPresent(elector -> json.writeStringProperty("elector", elector));
    leader.since().ifPresent(since -> json.writeStringProperty("since", JsonText.time(since)));
    leader.why().ifPresent(why -> json.writeStringProperty("why", sentence(why)));
    json.writeEndObject();
  }

  private static String sentence(String why) {
    return switch (why) {
      case "first" -> "no lease stood: it was the first leader";
      case "stopped" -> "the leader before it stopped";
      case "resigned" -> "the leader before it was asked to resign";
      case "released" -> "the leader before it released the lease";
      case "again" -> "the same node acquired the lease again";
      case "silent" -> "the leader before it stopped renewing its lease";
      default -> why;
    };
  }
}
