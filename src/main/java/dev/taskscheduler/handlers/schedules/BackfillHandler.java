package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.submit.JsonBody;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.schedule.Steps;
import dev.taskscheduler.schedule.Timing;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /schedules/{name}/backfill`: fires for planned instants of the past that have no task.
public final class BackfillHandler implements Handler {
  private final Schedules schedules;
  private final JsonBody body;

  public BackfillHandler(Schedules schedules, int maxBodyBytes, BodyMemoryLimit room) {
    this.schedules = schedules;
    this.body = new JsonBody(maxBodyBytes, room);
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = SchedulePath.of(req, res);
    if (name.isEmpty()) {
      return;
    }
    Optional<BackfillReader.Body> asked =
        body.read(req, res, (parser, _) -> new BackfillReader(parser).read());
    if (asked.isEmpty()) {
      return;
    }
    Optional<ScheduleView> view = schedules.find(name.get());
    if (view.isEmpty()) {
      Responses.problem(req, res, SchedulePath.unknown(name.get()));
      return;
    }
    Steps steps = new Steps();
    List<Instant> instants = instants(view.get().settings().timing(), asked.get(), steps);
    Optional<FieldError> error = error(instants, asked.get(), steps);
    if (error.isPresent()) {
      Responses.problem(req, res, SubmitProblems.invalid(List.of(error.get())));
      return;
    }
    Map<Instant, String> submitted =
        asked.get().dryRun() ? Map.of() : schedules.backfill(name.get(), instants).orElse(Map.of());
    CommandLog.command(
        "backfill-schedule",
        "schedule=%s instants=%d submitted=%d"
            .formatted(name.get(), instants.size(), submitted.size()));
    Responses.json(req, res, Status.OK_200, answer(instants, submitted));
  }

  /// One more than may be, where there are as many; not all, where that takes too many steps.
  private static List<Instant> instants(Timing timing, BackfillReader.Body asked, Steps steps) {
    List<Instant> instants = new ArrayList<>();
    Optional<Instant> next = timing.next(asked.from().minusNanos(1), steps).map(PlannedInstant::at);
    while (next.isPresent()
        && !next.get().isAfter(asked.to())
        && instants.size() <= Schedules.MOST_BACKFILLED
        && !steps.areTooMany()) {
      instants.add(next.get());
      next = timing.next(next.get(), steps).map(PlannedInstant::at);
    }
    return instants;
  }

  private Optional<FieldError> error(
      List<Instant> instants, BackfillReader.Body asked, Steps steps) {
    if (steps.areTooMany()) {
      return Optional.of(
          new FieldError(
              "/to", "must be earlier: exclude leaves out too many instants one by one"));
    }
    if (instants.size() > Schedules.MOST_BACKFILLED) {
      return Optional.of(
          new FieldError(
              "/to",
              "must be earlier: there are more than "
                  + Schedules.MOST_BACKFILLED
                  + " instants; fill them in parts"));
    }
    return asked.to().isAfter(schedules.now())
        ? Optional.of(new FieldError("/to", "must have passed by the clock of Redis"))
        : Optional.empty();
  }

  private static byte[] answer(List<Instant> instants, Map<Instant, String> submitted) {
    return JsonText.object(json -> {
      json.writeNumberProperty("submitted", submitted.size());
      json.writeArrayPropertyStart("instants");
      for (Instant at : instants) {
        json.writeStartObject();
        json.writeStringProperty("at", JsonText.time(at));
        String task = submitted.get(at);
        if (task != null) {
          json.writeStringProperty("task", task);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }
}
