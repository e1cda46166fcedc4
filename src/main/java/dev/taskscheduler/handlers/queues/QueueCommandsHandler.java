package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.server.RequestBody;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.wire.ContentLength;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.StrictJson;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.task.Pause;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonParser;

/// `PUT /queues/{name}`, `POST /queues/{name}/pause` and `POST /queues/{name}/resume`. The answer
/// is that of `GET /queues/{name}` after the change.
public final class QueueCommandsHandler {
  private static final Status UNPROCESSABLE = Status.create(422);

  private final Queues queues;
  private final QueuesHandler views;
  private final StrictJson json;
  private final int maxBodyBytes;
  private final BodyMemoryLimit room;

  public QueueCommandsHandler(Queues queues, int maxBodyBytes, BodyMemoryLimit room) {
    this.queues = queues;
    this.views = new QueuesHandler(queues);
    this.json = new StrictJson(maxBodyBytes);
    this.maxBodyBytes = maxBodyBytes;
    this.room = room;
  }

  public void put(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = QueuePath.of(req, res);
    if (name.isPresent()) {
      Optional<QueueSettings> settings = body(req, res, p -> new SettingsReader(p).read());
      if (settings.isPresent()) {
        answer(req, res, "put-queue", name.get(), queues.put(name.get(), settings.get()));
      }
    }
  }

  public void pause(ServerRequest req, ServerResponse res) throws IOException {
    Optional<String> name = QueuePath.of(req, res);
    if (name.isPresent()) {
      Optional<String> note =
          req.content().hasEntity()
              ? body(req, res, p -> new NoteReader(p).read())
              : Optional.of("");
      if (note.isPresent()) {
        answer(req, res, "pause", name.get(), queues.pause(name.get(), note.get()));
      }
    }
  }

  public void resume(ServerRequest req, ServerResponse res) {
    QueuePath.of(req, res)
        .ifPresent(name -> {
          if (req.content().hasEntity()) {
            Responses.problem(
                req,
                res,
                SubmitProblems.invalid(
                    List.of(new FieldError("", "must be empty; the path says it all"))));
          } else {
            answer(req, res, "resume", name, queues.resume(name));
          }
        });
  }

  /// Reads a body; answers the request itself if it is not valid.
  private <T> Optional<T> body(
      ServerRequest req, ServerResponse res, Function<JsonParser, BodyResult<T>> reader)
      throws IOException {
    if (!RequestBody.isUtf8(req.headers(), RequestBody.JSON)) {
      Responses.problem(req, res, RequestBody.notJson());
      return Optional.empty();
    }
    try (BodyMemoryLimit.Share share = room.share()) {
      byte[] body = RequestBody.read(req, ContentLength.of(req.headers()), maxBodyBytes, share);
      if (body.length > maxBodyBytes) {
        Responses.problem(req, res, ErrorMapping.tooLarge());
        return Optional.empty();
      }
      return switch (json.read(body, reader, BodyResult.Malformed<T>::new)) {
        case BodyResult.Valid<T>(T value) -> Optional.of(value);
        case BodyResult.Invalid<T>(List<FieldError> faults) ->
            refused(req, res, SubmitProblems.invalid(faults));
        case BodyResult.Malformed<T>(String detail) ->
            refused(req, res, SubmitProblems.malformed(detail));
      };
    }
  }

  private static <T> Optional<T> refused(ServerRequest req, ServerResponse res, Problem problem) {
    Responses.problem(req, res, problem);
    return Optional.empty();
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
