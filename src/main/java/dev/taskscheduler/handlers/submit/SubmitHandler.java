package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.wire.ContentLength;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskService;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpMediaType;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `POST /submit`. The hot path of a node: one pass over the body, one copy of the payload.
public final class SubmitHandler implements Handler {
  private static final String JSON = MediaTypes.APPLICATION_JSON.text();

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
    if (!isUtf8(req.headers(), JSON)) {
      Responses.problem(
          req,
          res,
          Problem.of(
              Status.UNSUPPORTED_MEDIA_TYPE_415,
              "Send the header Content-Type: application/json; the charset, if named, is utf-8."));
      return;
    }
    long announced = ContentLength.of(req.headers());
    Optional<String> key = IdempotencyKeys.read(req.headers());
    try (BodyMemoryLimit.Share share = room.share()) {
      take(req, res, key, body(req, announced, share));
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
      case SubmitRequest.Invalid(List<FieldError> faults) ->
          Responses.problem(req, res, SubmitProblems.invalid(faults));
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
        CommandLog.task("submitted", id);
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

  /// Whether a body is declared to be of this type, and of no other charset than UTF-8.
  static boolean isUtf8(ServerRequestHeaders headers, String wanted) {
    if (!headers.contains(HeaderNames.CONTENT_TYPE)) {
      return false;
    }
    Header header = headers.get(HeaderNames.CONTENT_TYPE);
    String text = header.get();
    if (text.equals(wanted)) { // nearly always
      return header.valueCount() == 1;
    }
    try {
      HttpMediaType type = HttpMediaType.create(text);
      return header.valueCount() == 1
          && type.text().regionMatches(true, 0, wanted, 0, wanted.length())
          && type.mediaType().text().equalsIgnoreCase(wanted)
          && type.charset().map("utf-8"::equalsIgnoreCase).orElse(true);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// A body that is too large comes back one byte too long.
  private byte[] body(ServerRequest req, long announced, BodyMemoryLimit.Share share)
      throws IOException {
    if (!req.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = req.content().inputStream()) {
      return announced == ContentLength.NONE // chunked
          ? read(in, maxBodyBytes + 1, share)
          : read(in, (int) announced, share);
    }
  }

  /// Reads up to so many bytes, into memory that grows as they arrive.
  private static byte[] read(InputStream in, int most, BodyMemoryLimit.Share share)
      throws IOException {
    byte[] body = new byte[Math.min(most, BodyMemoryLimit.SMALL)];
    int length = in.readNBytes(body, 0, body.length);
    while (length == body.length && length < most) {
      int larger = (int) Math.min(most, 2L * length);
      share.atLeast(larger);
      body = Arrays.copyOf(body, larger);
      length += in.readNBytes(body, length, larger - length);
    }
    return length == body.length ? body : Arrays.copyOf(body, length);
  }
}
