package dev.taskscheduler.handlers.overview;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.History;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import tools.jackson.core.JsonGenerator;

/// `GET /history`: what all nodes did, in steps.
public final class HistoryHandler implements Handler {
  private final ClusterQueries queries;

  public HistoryHandler(ClusterQueries queries) {
    this.queries = queries;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("window"), "the parameter is window");
    History.Window window =
        reader
            .one(
                "window",
                text ->
                    Arrays.stream(History.Window.values())
                        .filter(known -> known.wire().equals(text))
                        .findFirst(),
                "must be 15m or 24h")
            .orElse(History.Window.QUARTER_OF_AN_HOUR);
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    History history = queries.history(window);
    byte[] body =
        JsonText.object(json -> {
          json.writeStringProperty("window", window.wire());
          json.writeStringProperty("step", history.step().toString());
          json.writeStringProperty("from", JsonText.time(history.from()));
          series(json, "submitted", history, ActivityCounts::submitted);
          series(json, "started", history, ActivityCounts::started);
          series(json, "completed", history, ActivityCounts::completed);
          series(json, "failed", history, ActivityCounts::failed);
        });
    Responses.json(req, res, Status.OK_200, body);
  }

  private static void series(
      JsonGenerator json, String name, History history, ToLongFunction<ActivityCounts> count) {
    json.writeArrayPropertyStart(name);
    history.steps().forEach(step -> json.writeNumber(count.applyAsLong(step)));
    json.writeEndArray();
  }
}
