package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.submit.JsonBody;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.NoteReader;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.queue.QueuePause;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.task.Pause;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Optional;

/// `PUT /queues/{name}`, `POST /queues/{name}/pause` and `POST /queues/{name}/resume`. The answer
/// is that of `GET /queues/{name}` after the change.
public final class QueueCommandsHandler {
  private static final Status UNPROCESSABLE = Status.create(422);

  private final Queues queues;
  private final QueuesHandler views;
  private final JsonBody body;

  public QueueCommandsHandler(Queues queues, int maxBodyBytes, BodyMemoryLimit room) {
    this.queues = queues;
    this.views = new QueuesHandler(queues);
    this.body = new JsonBody(maxBodyBytes, room);
  }

  public void put(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = QueuePath.of(req, res);
    if (name.isPresent()) {
      Optional<QueueSettings> settings =
          body.read(req, res, (p, _) -> new SettingsReader(p).read());
      if (settings.isPresent()) {
        answer(req, res, "put-queue", name.get(), queues.put(name.get(), settings.get()));
      }
    }
  }

  public void pause(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = QueuePath.of(req, res);
    if (name.isPresent()) {
      Optional<String> note =
          body.readOr("", req, res, (p, _) -> new NoteReader(p, QueuePause.LONGEST_NOTE).read());
      if (note.isPresent()) {
        answer(req, res, "pause", name.get(), queues.pause(name.get(), note.get()));
      }
    }
  }

  public void resume(ServerRequest req, ServerResponse res) {
    QueuePath.of(req, res)
        .ifPresent(name -> {
          if (JsonBody.none(req, res)) {
            answer(req, res, "resume", name, queues.resume(name));
          }
        });
  }

  private void answer(
      ServerRequest req, ServerResponse res, String command, String name, Queues.Change change) {
    switch (change) {
      case DONE, UNKNOWN -> {
        CommandLog.command(command, "queue=" + name);
        Responses.json(req, res, Status.OK_200, views.body(name).orElseGet(() -> nothing(name)));
      }
      case TOO_MANY_SETTINGS -> Responses.problem(req, res, tooManySettings());
      case TOO_MANY_PAUSES -> Responses.problem(req, res, tooManyPauses());
    }
  }

  /// A pattern that sets nothing any more.
  private static byte[] nothing(String pattern) {
    QueueSource source = new QueueSource(pattern, QueueSettings.NONE, Optional.empty());
    return JsonText.object(json -> QueueJson.write(json, source));
  }

  private static Problem tooManySettings() {
    return Problem.named(
        "too-many-settings",
        "Too many queues have settings",
        UNPROCESSABLE,
        "At most %s queues and %s patterns may have settings. Use a pattern, or delete some."
            .formatted(Queues.MOST_SETTINGS, Queues.MOST_PATTERNS));
  }

  private static Problem tooManyPauses() {
    return Problem.named(
        "too-many-pauses",
        "There are too many pauses",
        UNPROCESSABLE,
        Pause.MOST + " pauses exist, the limit. Resume some of them, or pause a pattern.");
  }
}
