package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.submit.JsonBody;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.task.QueueName;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// `POST /schedules/preview`: the planned instants of a schedule that is not kept.
public final class PreviewHandler implements Handler {
  private static final int MOST = 100;
  private static final int USUAL = 10;

  private final JsonBody body;
  private final InstantSource clock;

  public PreviewHandler(int maxBodyBytes, BodyMemoryLimit room, InstantSource clock) {
    this.body = new JsonBody(maxBodyBytes, room);
    this.clock = clock;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) throws IOException {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("name", "from", "limit"), "the parameters are name, from, limit");
    String name =
        reader
            .one("name", w -> Optional.of(w).filter(QueueName::isName), "must be " + QueueName.RULE)
            .orElse("preview");
    Instant from =
        reader
            .one("from", Rfc3339::time, "must be a time such as 2026-11-23T08:55:00Z (RFC 3339)")
            .orElseGet(clock::instant);
    int limit = reader.limit(MOST).orElse(USUAL);
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    Optional<ScheduleReader.Body> read =
        body.read(
            req, res, (parser, bytes) -> new ScheduleReader(parser, bytes, name, null).read());
    if (read.isPresent()) {
      ScheduleSettings settings = read.get().settings().createdAt(from);
      int most = Math.min(limit, settings.remaining().orElse(limit));
      List<PlannedInstant> upcoming = upcoming(settings.timing(), from, most);
      byte[] answer =
          JsonText.object(json -> {
            json.writeStringProperty("sentence", settings.timing().sentence());
            ScheduleJson.upcoming(json, upcoming);
          });
      Responses.json(req, res, Status.OK_200, answer);
    }
  }

  /// A fixed delay plans its first instant alone, which may be the moment itself.
  private static List<PlannedInstant> upcoming(Timing timing, Instant from, int most) {
    return timing.interval().orElse(null) instanceof Interval.FixedDelay
        ? timing.first().stream().toList()
        : SchedulesHandler.upcoming(timing, from, most);
  }
}
