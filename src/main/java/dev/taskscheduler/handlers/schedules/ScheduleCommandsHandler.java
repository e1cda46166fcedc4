package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.submit.JsonBody;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.submit.TemplateReader;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.NoteReader;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The calls that change one schedule: `PUT` and `DELETE /schedules/{name}`, and `POST` of its
/// `pause`, `resume` and `trigger`.
public final class ScheduleCommandsHandler {
  private static final Status UNPROCESSABLE = Status.create(422);

  private final Schedules schedules;
  private final TaskService tasks;
  private final SchedulesHandler views;
  private final JsonBody body;
  private final TemplateReader templates;

  public ScheduleCommandsHandler(
      Schedules schedules, TaskService tasks, int maxBodyBytes, BodyMemoryLimit room) {
    this.schedules = schedules;
    this.tasks = tasks;
    this.views = new SchedulesHandler(schedules, tasks.queries());
    this.body = new JsonBody(maxBodyBytes, room);
    this.templates = new TemplateReader(tasks, maxBodyBytes, ScheduleReader::fire);
  }

  public void put(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = SchedulePath.of(req, res);
    if (name.isEmpty()) {
      return;
    }
    Optional<NewSchedule> schedule =
        body.read(
                req,
                res,
                (parser, bytes) -> new ScheduleReader(parser, bytes, name.get(), templates).read())
            .map(ScheduleReader.Body::schedule);
    if (schedule.isPresent()) {
      Schedules.Put put = schedules.put(name.get(), schedule.get());
      answer(req, res, "put-schedule", name.get(), put.change(), put::view);
    }
  }

  public void pause(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = SchedulePath.of(req, res);
    if (name.isPresent()) {
      Optional<String> note =
          body.readOr("", req, res, (p, _) -> new NoteReader(p, Schedules.LONGEST_NOTE).read());
      if (note.isPresent()) {
        answer(
            req,
            res,
            "pause-schedule",
            name.get(),
            schedules.pause(name.get(), note.get()),
            () -> schedules.find(name.get()));
      }
    }
  }

  public void resume(ServerRequest req, ServerResponse res) {
    SchedulePath.of(req, res)
        .filter(_ -> JsonBody.none(req, res))
        .ifPresent(name ->
            answer(
                req,
                res,
                "resume-schedule",
                name,
                schedules.resume(name),
                () -> schedules.find(name)));
  }

  private void answer(
      ServerRequest req,
      ServerResponse res,
      String command,
      String name,
      Change change,
      Supplier<Optional<ScheduleView>> found) {
    if (change == Change.TOO_MANY) {
      Responses.problem(req, res, tooMany());
      return;
    }
    Optional<ScheduleView> view = change == Change.UNKNOWN ? Optional.empty() : found.get();
    if (view.isEmpty()) {
      Responses.problem(req, res, SchedulePath.unknown(name));
      return;
    }
    CommandLog.command(command, "schedule=" + name + " change=" + JsonText.word(change));
    Status status = Status.OK_200;
    if (change == Change.CREATED) {
      status = Status.CREATED_201;
      res.header(HeaderNames.LOCATION, "/schedules/" + name);
    }
    Responses.json(req, res, status, views.body(view.get(), JsonText.word(change)));
  }

  static Problem tooMany() {
    return Problem.named(
        "too-many-schedules",
        "There are too many schedules",
        UNPROCESSABLE,
        "At most %s schedules may exist. Delete some.".formatted(Schedules.MOST));
  }

  public void delete(ServerRequest req, ServerResponse res) {
    Optional<String> name = SchedulePath.of(req, res);
    if (name.isEmpty()) {
      return;
    }
    FieldErrors errors = new FieldErrors();
    QueryReader.refuseBody(req, errors);
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("pending"), "the parameter is pending");
    boolean cancel =
        reader
            .one("pending", w -> Optional.of(w).filter("cancel"::equals), "must be cancel")
            .isPresent();
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    long cancelled = cancel ? cancelRuns(name.get()) : 0;
    if (schedules.delete(name.get()) == Change.UNKNOWN) {
      Responses.problem(req, res, SchedulePath.unknown(name.get()));
      return;
    }
    CommandLog.command("delete-schedule", "schedule=" + name.get() + " cancelled=" + cancelled);
    byte[] answer =
        JsonText.object(json -> {
          json.writeStringProperty("name", name.get());
          json.writeBooleanProperty("deleted", true);
          if (cancel) {
            json.writeNumberProperty("cancelled", cancelled);
          }
        });
    Responses.json(req, res, Status.OK_200, answer);
  }

  /// Pauses the schedule first, so that nothing fires meanwhile, and while it is still there: a
  /// call that fails on the way may be repeated.
  private long cancelRuns(String name) {
    if (schedules.pause(name, "is being deleted") == Change.UNKNOWN) {
      return 0;
    }
    List<String> runs = schedules.find(name).map(ScheduleView::runs).orElse(List.of());
    return runs.stream().map(tasks::cancel).filter(ScheduleCommandsHandler::did).count();
  }

  private static boolean did(Cancellation answer) {
    return answer instanceof Cancellation.Cancelled || answer instanceof Cancellation.Asked;
  }

  public void trigger(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = SchedulePath.of(req, res);
    if (name.isEmpty()) {
      return;
    }
    Optional<Boolean> anyway =
        body.readOr(false, req, res, (parser, _) -> new TriggerReader(parser).read());
    if (anyway.isEmpty()) {
      return;
    }
    Schedules.Triggered done = schedules.trigger(name.get(), anyway.get());
    if (done.outcome().isEmpty()) {
      Responses.problem(req, res, SchedulePath.unknown(name.get()));
    } else if (done.outcome().get() == FireOutcome.FULL) {
      Responses.problem(req, res, SubmitProblems.noRoomToFire());
    } else {
      String outcome = JsonText.word(done.outcome().get());
      CommandLog.command("trigger-schedule", "schedule=" + name.get() + " outcome=" + outcome);
      byte[] answer =
          JsonText.object(json -> {
            json.writeStringProperty("outcome", outcome);
            done.task().ifPresent(id -> json.writeStringProperty("task", id));
          });
      Responses.json(req, res, Status.ACCEPTED_202, answer);
    }
  }
}
