package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.schedule.Bend;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.ScheduleExplanation;
import dev.taskscheduler.schedule.SchedulePage;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.schedule.Steps;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// `GET /schedules`, `GET /schedules/{name}` and `GET /schedules/{name}/explain`.
public final class SchedulesHandler {
  private static final int USUAL_LIMIT = 50;
  private static final int MOST = 500;
  private static final int UPCOMING = 10;

  private final Schedules schedules;
  private final TaskQueries tasks;

  public SchedulesHandler(Schedules schedules, TaskQueries tasks) {
    this.schedules = schedules;
    this.tasks = tasks;
  }

  public void list(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("state", "limit", "cursor"), "the parameters are state, limit, cursor");
    Optional<ScheduleState> state =
        reader.one(
            "state", SchedulesHandler::state, "must be one of active, paused, ended, faulty");
    int limit = reader.limit(MOST).orElse(USUAL_LIMIT);
    String cursor = reader.cursor().orElse("");
    if (!cursor.isEmpty() && !QueueName.isName(cursor)) {
      errors.add(
          "?cursor", "must be the next of an earlier answer; leave it out for the first page");
    }
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    SchedulePage page = schedules.list(cursor, limit);
    byte[] body =
        JsonText.object(json -> {
          json.writeArrayPropertyStart("schedules");
          for (ScheduleView schedule : page.schedules()) {
            if (state.isEmpty() || state.get() == schedule.state()) {
              json.writeStartObject();
              ScheduleJson.head(json, schedule);
              json.writeEndObject();
            }
          }
          json.writeEndArray();
          page.next().ifPresent(next -> json.writeStringProperty("next", next));
        });
    Responses.json(req, res, Status.OK_200, body);
  }

  private static Optional<ScheduleState> state(String word) {
    return Arrays.stream(ScheduleState.values())
        .filter(state -> JsonText.word(state).equals(word))
        .findFirst();
  }

  public void show(ServerRequest req, ServerResponse res) {
    found(req, res, view -> Responses.json(req, res, Status.OK_200, body(view, "")));
  }

  private void found(ServerRequest req, ServerResponse res, Consumer<ScheduleView> action) {
    Optional<String> name = SchedulePath.of(req, res);
    if (name.isPresent()) {
      schedules
          .find(name.get())
          .ifPresentOrElse(
              action, () -> Responses.problem(req, res, SchedulePath.unknown(name.get())));
    }
  }

  /// All of a schedule.
  ///
  /// @param change what a call did to it; empty where it is only shown
  byte[] body(ScheduleView schedule, String change) {
    List<PlannedInstant> upcoming =
        schedule
            .next()
            .filter(_ -> schedule.state() != ScheduleState.ENDED)
            .map(next -> upcoming(schedule, next))
            .orElse(List.of());
    boolean isNew = change.equals(JsonText.word(Schedules.Change.CREATED));
    List<FireRecord> records = isNew ? List.of() : schedules.records(schedule.name());
    Map<String, Task> fired = tasks.find(ids(records));
    return JsonText.object(json -> {
      ScheduleJson.write(json, schedule, upcoming, records, fired);
      if (!change.isEmpty()) {
        json.writeStringProperty("change", change);
      }
    });
  }

  private static Set<String> ids(List<FireRecord> records) {
    return records.stream().flatMap(record -> record.task().stream()).collect(Collectors.toSet());
  }

  /// The next instant and those after it, as many as it may still fire at. Of a fixed delay the
  /// next alone is known.
  private static List<PlannedInstant> upcoming(ScheduleView schedule, Instant next) {
    Timing timing = schedule.settings().timing();
    return timing.interval().orElse(null) instanceof Interval.FixedDelay
        ? List.of(new PlannedInstant(next, next.atZone(timing.zone()), Bend.NONE))
        : upcoming(
            timing, next.minusNanos(1), Math.min(UPCOMING, schedule.remaining().orElse(UPCOMING)));
  }

  /// The next planned instants after a time; fewer where it takes too many steps to find them.
  static List<PlannedInstant> upcoming(Timing timing, Instant after, int most) {
    List<PlannedInstant> instants = new ArrayList<>();
    Steps steps = new Steps();
    Optional<PlannedInstant> next = timing.next(after, steps);
    while (next.isPresent() && instants.size() < most && !steps.areTooMany()) {
      instants.add(next.get());
      next = timing.next(next.get().at(), steps);
    }
    return instants;
  }

  public void explain(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("at"), "the parameter is at");
    Optional<Instant> at =
        reader.one("at", Rfc3339::time, "must be a time such as 2026-11-23T08:55:00Z (RFC 3339)");
    if (at.isEmpty() && errors.none()) {
      errors.add("?at", "is missing; send the instant, such as 2026-11-23T08:55:00Z");
    }
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    found(
        req,
        res,
        view -> {
          String why =
              ScheduleExplanation.explain(
                  view, schedules.records(view.name()), at.get(), schedules.now());
          byte[] body =
              JsonText.object(json -> {
                json.writeStringProperty("name", view.name());
                json.writeStringProperty("at", JsonText.time(at.get()));
                json.writeStringProperty("explanation", JsonText.outside(why));
              });
          Responses.json(req, res, Status.OK_200, body);
        });
  }
}
