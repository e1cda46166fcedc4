package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.submit.JsonBody;
import dev.taskscheduler.handlers.submit.TemplateReader;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.StrictJson;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `PUT /schedules?group=...`: creates, replaces and, with `prune=true`, removes the schedules of a
/// group, all or none.
public final class GroupHandler implements Handler {
  private final Schedules schedules;
  private final JsonBody body;
  private final StrictJson json;
  private final TemplateReader templates;

  public GroupHandler(
      Schedules schedules, TaskService tasks, int maxBodyBytes, BodyMemoryLimit room) {
    this.schedules = schedules;
    this.body = new JsonBody(maxBodyBytes, room);
    this.json = new StrictJson(maxBodyBytes);
    this.templates = new TemplateReader(tasks, maxBodyBytes, ScheduleReader::fire);
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) throws IOException {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("group", "prune", "dryRun"), "the parameters are group, prune, dryRun");
    Optional<String> group =
        reader.one(
            "group", w -> Optional.of(w).filter(QueueName::isName), "must be " + QueueName.RULE);
    boolean prune = bool(reader, "prune");
    boolean dryRun = bool(reader, "dryRun");
    if (group.isEmpty() && errors.none()) {
      errors.add("?group", "is missing; name the group of these schedules");
    }
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    Optional<Map<String, NewSchedule>> all =
        body.read(
            req, res, (parser, bytes) -> new GroupReader(parser, bytes, json, templates).read());
    if (all.isEmpty()) {
      return;
    }
    Map<String, Change> changes = schedules.apply(group.get(), all.get(), prune, dryRun);
    if (changes.containsValue(Change.TOO_MANY)) {
      Responses.problem(req, res, ScheduleCommandsHandler.tooMany());
      return;
    }
    if (!dryRun) {
      CommandLog.command("apply-schedules", "group=" + group.get() + " count=" + changes.size());
    }
    Responses.json(req, res, Status.OK_200, answer(changes, dryRun));
  }

  private static boolean bool(QueryReader reader, String name) {
    return reader
        .one(
            name,
            word ->
                switch (word) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> Optional.<Boolean>empty();
                },
            "must be true or false")
        .orElse(false);
  }

  private static byte[] answer(Map<String, Change> changes, boolean dryRun) {
    return JsonText.object(json -> {
      json.writeBooleanProperty("dryRun", dryRun);
      json.writeObjectPropertyStart("changes");
      changes.forEach((name, change) -> json.writeStringProperty(name, JsonText.word(change)));
      json.writeEndObject();
    });
  }
}
