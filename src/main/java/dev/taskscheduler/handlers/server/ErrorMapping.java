package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import dev.taskscheduler.task.StoreException;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// Answers what handlers, features and the routing throw, each with its status.
public final class ErrorMapping {
  /// Redis is asked again at least once a second, so it may be back by then.
  public static final Duration RETRY_SOON = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger(ErrorMapping.class.getName());

  private ErrorMapping() {}

  /// A failure of the store, as a client sees it.
  public static Problem of(StoreException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case StoreException.Refused refused ->
          Problem.named(
                  "store-refused",
                  "Redis refused the write",
                  Status.SERVICE_UNAVAILABLE_503,
                  "Nothing was stored: %s. Try again later."
                      .formatted(Caller.current().shown(message, "Redis accepts no writes now")))
              .retry(RETRY_SOON);
      case StoreException.Unavailable unavailable ->
          Problem.named(
                  "store-unavailable",
                  "Redis does not answer",
                  Status.SERVICE_UNAVAILABLE_503,
                  "Redis does not answer%s. Try again later."
                      .formatted(Caller.current().shown(": " + message, "")))
              .retry(RETRY_SOON);
      case StoreException.Fenced fenced ->
          throw new IllegalStateException("a user's call was fenced", fenced);
    };
  }

  /// Handles what comes out of handlers, features and the routing itself.
  public static void register(HttpRouting.Builder routing) {
    routing.error(
        StoreException.Refused.class, (req, res, e) -> Responses.problem(req, res, of(e)));
    routing.error(
        StoreException.Unavailable.class, (req, res, e) -> Responses.problem(req, res, of(e)));
    routing.error(
        HttpException.class,
        (req, res, e) -> Responses.problem(req, res, of(e.status(), e.getMessage())));
    routing.error(
        BodyMemoryLimit.NoRoom.class,
        (req, res, e) ->
            Responses.problem(req, res, BodyMemoryLimit.NoRoom.problem("Nothing was stored")));
    routing.error(
        BadFraming.class,
        (req, res, e) -> {
          res.header(HeaderValues.CONNECTION_CLOSE);
          Responses.problem(req, res, of(e.status(), e.getMessage()));
        });
    // The client is gone or was cut off: there is nobody to answer.
    routing.error(
        DataReader.InsufficientDataAvailableException.class,
        (req, res, e) -> {
          throw new CloseConnectionException("the client went away", e);
        });
    routing.error(
        UncheckedIOException.class,
        (req, res, e) -> {
          throw new CloseConnectionException("the client was cut off", e);
        });
    routing.error(
        CancellationException.class,
        (req, res, e) -> {
          throw new CloseConnectionException("the server stops", e);
        });
    routing.error(
        Throwable.class,
        (req, res, e) -> {
          LOG.log(Level.ERROR, "request failed path=" + req.path().path(), e);
          Responses.problem(req, res, of(Status.INTERNAL_SERVER_ERROR_500, null));
        });
  }

  /// Answers what never reaches the routing: requests that cannot be read, or are too large.
  public static DirectHandlers direct(SecurityHeaders security) {
    DirectHandler handler =
        (request, type, proposed, headers, message) -> {
          // What fails behind the routing is answered there: this is a first line or a header that
          // Helidon's own parser stumbles over, such as a method with a control character.
          boolean unread = type == DirectHandler.EventType.INTERNAL_ERROR;
          Status status = unread ? Status.BAD_REQUEST_400 : proposed;
          Problem problem = of(status, unread ? null : message);
          headers.set(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
          security.addTo(headers);
          if (status.equals(Status.UNSUPPORTED_MEDIA_TYPE_415)) {
            headers.set(HeaderNames.ACCEPT_ENCODING, "identity"); // RFC 9110, section 12.5.3
          }
          return DirectHandler.TransportResponse.builder()
              .status(status)
              .headers(headers)
              .keepAlive(type.keepAlive() && !unread)
              .entity(problem.json())
              .build();
        };
    DirectHandlers.Builder all = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      all.addHandler(type, handler);
    }
    return all.build();
  }

  public static Problem tooLarge() {
    return of(Status.REQUEST_ENTITY_TOO_LARGE_413, null);
  }

  private static Problem of(Status status, @Nullable String message) {
    return Problem.of(status, detail(status, message));
  }

  private static String detail(Status status, @Nullable String message) {
    return switch (status.code()) {
      case 404 -> "This path does not exist; /swagger/ lists all paths.";
      case 406 -> "No available format matches the Accept header.";
      case 413 -> "The request body is larger than the limit of this node; send a smaller one.";
      case 414 -> "The path and query are longer than the limit of this node; shorten them.";
      case 415 ->
          "Send the body without a Content-Encoding: this node does not decode any (such as gzip).";
      case 500 -> "This is a defect of the server; its log has the details.";
      case 503 -> "The node is busy or stopping; try again, or call another node.";
      case 501 -> "Only Transfer-Encoding: chunked is supported.";
      case 505 -> "Only HTTP/1.1 is supported.";
      default ->
          message == null || message.isBlank()
              ? "The request could not be read; check its request line, headers and length."
              : message;
    };
  }
}
