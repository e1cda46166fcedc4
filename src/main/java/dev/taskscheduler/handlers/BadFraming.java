package dev.taskscheduler.handlers;

import io.helidon.http.HttpException;
import io.helidon.http.Status;

/// A request body that is not read to its end, for nobody can tell where that is, or for its size.
/// Nothing more is read from its connection.
final class BadFraming extends HttpException {
  private static final long serialVersionUID = 1;

  private BadFraming(String message, Status status) {
    super(message, status);
  }

  /// @param message what is wrong, as the client is told
  BadFraming(String message) {
    this(message, Status.BAD_REQUEST_400);
  }

  static BadFraming tooLarge() {
    return new BadFraming("The body is too large.", Status.REQUEST_ENTITY_TOO_LARGE_413);
  }
}
