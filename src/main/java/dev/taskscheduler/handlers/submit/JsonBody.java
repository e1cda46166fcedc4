package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.server.RequestBody;
import dev.taskscheduler.handlers.wire.BodyResult;
import dev.taskscheduler.handlers.wire.ContentLength;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.StrictJson;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.core.JsonParser;

/// Reads the JSON bodies of requests, within the limits of their size and memory.
public final class JsonBody {
  private final StrictJson json;
  private final int maxBodyBytes;
  private final BodyMemoryLimit room;

  public JsonBody(int maxBodyBytes, BodyMemoryLimit room) {
    this.json = new StrictJson(maxBodyBytes);
    this.maxBodyBytes = maxBodyBytes;
    this.room = room;
  }

  /// Reads a body; answers the request itself if it is not valid.
  ///
  /// @param reader takes the bytes too, which do not change
  public <T> Optional<T> read(
      ServerRequest req, ServerResponse res, BiFunction<JsonParser, byte[], BodyResult<T>> reader)
      throws IOException {
    if (!RequestBody.isUtf8(req.headers(), RequestBody.JSON)) {
      return refused(req, res, RequestBody.notJson());
    }
    try (BodyMemoryLimit.Share share = room.share()) {
      byte[] body = RequestBody.read(req, ContentLength.of(req.headers()), maxBodyBytes, share);
      if (body.length > maxBodyBytes) {
        return refused(req, res, ErrorMapping.tooLarge());
      }
      BodyResult<T> read =
          json.read(body, parser -> reader.apply(parser, body), BodyResult.Malformed<T>::new);
      return switch (read) {
        case BodyResult.Valid<T>(T value) -> Optional.of(value);
        case BodyResult.Invalid<T>(List<FieldError> faults) ->
            refused(req, res, SubmitProblems.invalid(faults));
        case BodyResult.Malformed<T>(String detail) ->
            refused(req, res, SubmitProblems.malformed(detail));
      };
    }
  }

  /// Reads a body that may be left out.
  ///
  /// @param none the value of no body
  public <T> Optional<T> readOr(
      T none,
      ServerRequest req,
      ServerResponse res,
      BiFunction<JsonParser, byte[], BodyResult<T>> reader)
      throws IOException {
    return req.content().hasEntity() ? read(req, res, reader) : Optional.of(none);
  }

  /// Refuses a body where the path alone says what is meant.
  ///
  /// @return whether there is none; else the request is answered
  public static boolean none(ServerRequest req, ServerResponse res) {
    if (req.content().hasEntity()) {
      Responses.problem(
          req,
          res,
          SubmitProblems.invalid(
              List.of(new FieldError("", "must be empty; the path says it all"))));
      return false;
    }
    return true;
  }

  private static <T> Optional<T> refused(ServerRequest req, ServerResponse res, Problem problem) {
    Responses.problem(req, res, problem);
    return Optional.empty();
  }
}
