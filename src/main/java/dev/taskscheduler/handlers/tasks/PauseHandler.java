package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.PauseJson;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Pauses;
import dev.taskscheduler.task.Priority;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /pause` and `POST /resume`, each for everything, or with `?priority=` for that alone; `GET
/// /pause` lists what is paused, queues too.
public final class PauseHandler {
  private final Pauses pauses;

  public PauseHandler(Pauses pauses) {
    this.pauses = pauses;
  }

  public void list(ServerRequest req, ServerResponse res) {
    Map<Pause, Instant> paused = pauses.paused();
    Responses.json(req, res, Status.OK_200, JsonText.object(json -> PauseJson.write(json, paused)));
  }

  public void pause(ServerRequest req, ServerResponse res) {
    Optional<Pause> what = what(req, res);
    if (what.isEmpty()) {
      return;
    }
    pauses.pause(what.get());
    CommandLog.command("pause", text(what.get()));
    list(req, res);
  }

  public void resume(ServerRequest req, ServerResponse res) {
    what(req, res)
        .ifPresent(what -> {
          pauses.resume(what);
          CommandLog.command("resume", text(what));
          list(req, res);
        });
  }

  /// Answers the request itself if it does not say clearly what: a misspelt word must not pause
  /// all.
  private static Optional<Pause> what(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader.refuseBody(req, errors);
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(
        List.of("priority"),
        "send priority, or nothing for everything; a queue is paused by POST /queues/{name}/pause");
    Optional<Pause> what = Optional.of(new Pause.All());
    if (req.query().contains("priority")) {
      what =
          reader
              .one("priority", Priority::parse, "must be high, medium or low, and sent once")
              .map(Pause.OfPriority::new);
    }
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return Optional.empty();
    }
    return what;
  }

  private static String text(Pause what) {
    return switch (what) {
      case Pause.All() -> "all=true";
      case Pause.OfPriority(Priority priority) -> "priority=" + priority.wire();
      case Pause.OfQueue(String name) -> "queue=" + name;
    };
  }
}
