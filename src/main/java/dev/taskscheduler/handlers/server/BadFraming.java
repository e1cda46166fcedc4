package dev.taskscheduler.handlers.server;

import io.helidon.http.HttpException;
import io.helidon.http.Status;

/// A request body that is not read to its end, for nobody can tell where that is, or for its size,
/// or because it comes too slowly. Nothing more is read from its connection.
final class BadFraming extends HttpException {
  static final String TOO_SLOW =
      "The body arrives too slowly: less than %s bytes a second after the first %s seconds."
          .formatted(BodyPace.LEAST_RATE, BodyPace.GRACE.toSeconds());

  private static final long serialVersionUID = 1;

  private BadFraming(String message, Status status) {
    super(message, status);
  }

  /// @param message what is wrong, for the client
  BadFraming(String message) {
    this(message, Status.BAD_REQUEST_400);
  }

  static BadFraming tooSlow() {
    return new BadFraming(TOO_SLOW, Status.REQUEST_TIMEOUT_408);
  }

  static BadFraming tooLarge() {
    return new BadFraming("The body is too large.", Status.REQUEST_ENTITY_TOO_LARGE_413);
  }
}
