package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.server.RequestBody;
import dev.taskscheduler.handlers.wire.ContentLength;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.TraceHeader;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;

/// `POST /submit`. The hot path of a node: one pass over the body, one copy of the payload.
public final class SubmitHandler implements Handler {
  private final TaskService tasks;
  private final SubmitParser parser;
  private final int maxBodyBytes;
  private final BodyMemoryLimit room;
  private final IdempotencyKeys keys;
  private final SubmitProblems answers;

  public SubmitHandler(TaskService tasks, SubmitLimits limits, BodyMemoryLimit room) {
    int maxBodyBytes = limits.maxBodyBytes();
    this.tasks = tasks;
    this.keys = new IdempotencyKeys(limits.idempotencyTtl());
    this.answers = new SubmitProblems(tasks.types());
    this.parser = new SubmitParser(maxBodyBytes, InstantSource.system());
    this.maxBodyBytes = maxBodyBytes;
    this.room = room;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) throws IOException {
    if (!RequestBody.isUtf8(req.headers(), RequestBody.JSON)) {
      Responses.problem(req, res, RequestBody.notJson());
      return;
    }
    long announced = ContentLength.of(req.headers());
    Optional<String> key = IdempotencyKeys.read(req.headers());
    try (BodyMemoryLimit.Share share = room.share()) {
      take(req, res, key, RequestBody.read(req, announced, maxBodyBytes, share));
    }
  }

  private void take(ServerRequest req, ServerResponse res, Optional<String> key, byte[] body) {
    if (body.length > maxBodyBytes) {
      Responses.problem(req, res, ErrorMapping.tooLarge());
      return;
    }
    switch (parser.parse(body, key.isPresent())) {
      case SubmitRequest.Valid(NewTask task) -> {
        NewTask traced = TraceHeader.kept(req.headers(), task);
        if (!Caller.current().allows(task.type())) {
          Responses.problem(req, res, SubmitProblems.typeNotAllowed());
        } else if (key.isEmpty()) {
          answer(req, res, traced, tasks.submit(traced));
        } else {
          submitOnce(req, res, traced, keys.once(key.get(), body));
        }
      }
      case SubmitRequest.Invalid invalid ->
          Responses.problem(
              req, res, SubmitProblems.invalid(SubmitProblems.errors(invalid, tasks)));
      case SubmitRequest.Malformed(String detail) ->
          Responses.problem(req, res, SubmitProblems.malformed(detail));
    }
  }

  private void submitOnce(
      ServerRequest req, ServerResponse res, NewTask task, SubmitOptions.Idempotency once) {
    if (!keys.begin(once)) {
      Responses.problem(
          req,
          res,
          Problem.of(
                  Status.CONFLICT_409,
                  "A request with this Idempotency-Key is still in progress; send it again later.")
              .retry(ErrorMapping.RETRY_SOON));
      return;
    }
    SubmitResult answer;
    try {
      answer = tasks.submit(task.terms(task.terms().once(once)));
    } finally {
      keys.end(once); // before the answer: whoever has that may ask again
    }
    answer(req, res, task, answer);
  }

  private void answer(ServerRequest req, ServerResponse res, NewTask task, SubmitResult answer) {
    switch (answer) {
      case SubmitResult.Accepted(String id, Durability reached) -> {
        CommandLog.submitted(id);
        accepted(req, res, Status.ACCEPTED_202, id, durability(task, reached));
      }
      case SubmitResult.Replayed(String id, Durability reached) ->
          accepted(req, res, Status.ACCEPTED_202, id, durability(task, reached));
      case SubmitResult.Duplicate(String id) ->
          accepted(req, res, Status.OK_200, id, ",\"duplicate\":true");
      default -> Responses.problem(req, res, answers.problem(answer));
    }
  }

  /// Shown only if more than memory was asked for.
  private static String durability(NewTask task, Durability reached) {
    return task.terms().durability() == Durability.MEMORY
        ? ""
        : ",\"durability\":\"" + JsonText.word(reached) + "\"";
  }

  private static void accepted(
      ServerRequest req, ServerResponse res, Status status, String id, String more) {
    // Cached although it is sent once: the other kinds are copied on the way.
    res.header(HeaderValues.createCached(HeaderNames.LOCATION, "/status?id=" + id));
    byte[] body = ("{\"id\":\"" + id + "\"" + more + "}").getBytes(StandardCharsets.ISO_8859_1);
    Responses.json(req, res, status, body);
  }
}
