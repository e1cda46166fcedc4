package dev.taskscheduler.handlers.wire;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// Sends what the handlers have to say.
public final class Responses {
  private static final Header PROBLEM =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
  private static final byte[] NOTHING = {};

  /// A larger answer is written in slices of this size, and not copied.
  public static final int SLICE = 16 * 1024;

  private Responses() {}

  public static void json(ServerRequest req, ServerResponse res, Status status, byte[] body) {
    res.header(HeaderValues.CONTENT_TYPE_JSON);
    send(req, res, status, body);
  }

  public static void problem(ServerRequest req, ServerResponse res, Problem problem) {
    res.header(PROBLEM);
    problem
        .retryAfter()
        .ifPresent(after -> res.header(HeaderNames.RETRY_AFTER, String.valueOf(after.toSeconds())));
    send(req, res, problem.status(), problem.json());
  }

  /// Refuses a request whose body was not read.
  public static void refuse(ServerRequest req, ServerResponse res, Problem problem) {
    if (req.headers().contains(HeaderValues.EXPECT_100)) {
      res.header(HeaderValues.CONNECTION_CLOSE); // the body was not sent, and need not be
    }
    problem(req, res, problem);
  }

  /// With the content type that `res` carries already.
  public static void bytes(ServerRequest req, ServerResponse res, byte[] body) {
    send(req, res, Status.OK_200, body);
  }

  public static void empty(ServerResponse res, Status status) {
    res.status(status);
    res.send(NOTHING);
  }

  /// The answer to HEAD has the headers of the answer to GET and no body.
  private static void send(ServerRequest req, ServerResponse res, Status status, byte[] body) {
    // The deadline interrupts a handler that takes too long. Its work is done now, and a thread
    // that is still marked would close the connection under the answer.
    Thread.interrupted();
    res.status(status);
    if (req.prologue().method().equals(Method.HEAD)) {
      res.headers().contentLength(body.length);
      res.send(NOTHING);
    } else if (body.length <= SLICE) {
      res.send(body);
    } else {
      sendSlices(res, body);
    }
  }

  /// Helidon copies what it sends at once.
  private static void sendSlices(ServerResponse res, byte[] body) {
    res.headers().contentLength(body.length);
    try (OutputStream out = res.outputStream()) {
      for (int at = 0; at < body.length; at += SLICE) {
        out.write(body, at, Math.min(SLICE, body.length - at));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
