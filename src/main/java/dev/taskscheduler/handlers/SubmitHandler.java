package dev.taskscheduler.handlers;

import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Submission;
import dev.taskscheduler.task.TaskService;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
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
import java.util.TreeSet;

/// `POST /submit`. The hot path of a node: one pass over the body, one copy of the payload.
final class SubmitHandler implements Handler {
  private static final String JSON = MediaTypes.APPLICATION_JSON.text();
  private static final int UNPROCESSABLE = 422;

  private final TaskService tasks;
  private final SubmitParser parser;
  private final int maxBodyBytes;
  private final BodyRoom room;

  SubmitHandler(TaskService tasks, int maxBodyBytes) {
    this.tasks = tasks;
    this.parser = new SubmitParser(maxBodyBytes, InstantSource.system());
    this.maxBodyBytes = maxBodyBytes;
    this.room = new BodyRoom(Runtime.getRuntime().maxMemory(), maxBodyBytes);
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) throws IOException {
    if (!isJson(req.headers())) {
      Answers.problem(
          req,
          res,
          Problem.of(
              Status.UNSUPPORTED_MEDIA_TYPE_415,
              "Send the header Content-Type: application/json; the charset, if named, is utf-8."));
      return;
    }
    int weight = room.weigh(req.headers().contentLength().orElse(maxBodyBytes));
    if (!room.enter(weight)) {
      Answers.problem(
          req,
          res,
          Problem.of(
                  Status.SERVICE_UNAVAILABLE_503,
                  "Nothing was kept: this node has as many large bodies to read as it has memory"
                      + " for. Try again later, or ask another node.")
              .retry(ErrorMapping.RETRY_SOON));
      return;
    }
    try {
      read(req, res);
    } finally {
      room.leave(weight);
    }
  }

  private void read(ServerRequest req, ServerResponse res) throws IOException {
    byte[] body = body(req);
    if (body.length > maxBodyBytes) {
      Answers.problem(req, res, ErrorMapping.tooLarge());
      return;
    }
    switch (parser.parse(body)) {
      case SubmitRequest.Valid(NewTask task) -> submit(req, res, task);
      case SubmitRequest.Invalid(List<Fault> faults) ->
          Answers.problem(
              req,
              res,
              Problem.named(
                      "invalid-body",
                      "The body is not what is asked for",
                      Status.BAD_REQUEST_400,
                      "Change what errors lists, and send it again.")
                  .with(faults));
      case SubmitRequest.Malformed(String detail) ->
          Answers.problem(
              req,
              res,
              Problem.named(
                  "malformed-body", "The body cannot be read", Status.BAD_REQUEST_400, detail));
    }
  }

  private void submit(ServerRequest req, ServerResponse res, NewTask task) {
    switch (tasks.submit(task)) {
      case Submission.Accepted(String id, Durability reached) -> {
        String more =
            task.terms().durability() == Durability.MEMORY
                ? ""
                : ",\"durability\":\"" + reached.wire() + "\"";
        accepted(req, res, Status.ACCEPTED_202, id, more);
      }
      case Submission.Replayed(String id) -> accepted(req, res, Status.ACCEPTED_202, id, "");
      case Submission.Duplicate(String id) ->
          accepted(req, res, Status.OK_200, id, ",\"duplicate\":true");
      case Submission.KeyReused(String id) -> Answers.problem(req, res, keyReused(id));
      case Submission.NotDurable(String reason) -> Answers.problem(req, res, notDurable(reason));
      case Submission.QueueFull(long maxPending) ->
          Answers.problem(req, res, queueFull(maxPending));
      case Submission.Uncertain(String id, String reason) ->
          Answers.problem(req, res, uncertain(id, reason));
      case Submission.UnknownType(String type) -> Answers.problem(req, res, unknownType(type));
    }
  }

  private static void accepted(
      ServerRequest req, ServerResponse res, Status status, String id, String more) {
    res.header(HeaderNames.LOCATION, "/status?id=" + id);
    byte[] body = ("{\"id\":\"" + id + "\"" + more + "}").getBytes(StandardCharsets.ISO_8859_1);
    Answers.json(req, res, status, body);
  }

  private static Problem keyReused(String id) {
    return Problem.named(
            "idempotency-key-reused",
            "The idempotency key belongs to another body",
            Status.create(UNPROCESSABLE),
            "Nothing was kept: another body was accepted under this Idempotency-Key, as the task "
                + id
                + ". Send the same body, or another key.")
        .about(id);
  }

  private static Problem notDurable(String reason) {
    return Problem.named(
        "durability-unavailable",
        "The durability asked for cannot be had",
        Status.create(UNPROCESSABLE),
        "Nothing was kept: " + reason + ". Ask for less, or set up Redis for it.");
  }

  private static Problem queueFull(long maxPending) {
    return Problem.named(
            "queue-full",
            "The queue is full",
            Status.TOO_MANY_REQUESTS_429,
            "Nothing was kept: "
                + maxPending
                + " tasks have not ended yet, as many as may. Try again later.")
        .retry(ErrorMapping.RETRY_SOON);
  }

  private static Problem uncertain(String id, String reason) {
    return Problem.named(
            "outcome-unknown",
            "Nobody knows whether the task was accepted",
            Status.SERVICE_UNAVAILABLE_503,
            "The task may have been accepted ("
                + reason
                + "). Ask GET /status?id="
                + id
                + " first; submit again only if that answers 404.")
        .about(id)
        .retry(ErrorMapping.RETRY_SOON);
  }

  private Problem unknownType(String type) {
    return Problem.named(
            "unknown-type",
            "No runner has this type",
            Status.create(UNPROCESSABLE),
            "Nothing was kept: change what errors lists, and send it again.")
        .with(
            List.of(
                new Fault(
                    "/type",
                    "\""
                        + type
                        + "\" is not known here; this node runs "
                        + String.join(", ", new TreeSet<>(tasks.types())))));
  }

  private static boolean isJson(ServerRequestHeaders headers) {
    if (!headers.contains(HeaderNames.CONTENT_TYPE)) {
      return false;
    }
    Header header = headers.get(HeaderNames.CONTENT_TYPE);
    String text = header.get();
    if (text.equals(JSON)) { // nearly always
      return header.valueCount() == 1;
    }
    try {
      HttpMediaType type = HttpMediaType.create(text);
      return header.valueCount() == 1
          && type.text().regionMatches(true, 0, JSON, 0, JSON.length())
          && type.mediaType().text().equalsIgnoreCase(JSON)
          && type.charset().map("utf-8"::equalsIgnoreCase).orElse(true);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// A body that is too large comes back one byte too long.
  private byte[] body(ServerRequest req) throws IOException {
    if (!req.content().hasEntity()) {
      return new byte[0];
    }
    long announced = req.headers().contentLength().orElse(-1);
    try (InputStream in = req.content().inputStream()) {
      if (announced < 0) { // chunked
        return in.readNBytes(maxBodyBytes + 1);
      }
      byte[] body = new byte[(int) announced];
      int length = in.readNBytes(body, 0, body.length);
      return length == body.length ? body : Arrays.copyOf(body, length);
    }
  }
}
