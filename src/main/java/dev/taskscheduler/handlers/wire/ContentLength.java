package dev.taskscheduler.handlers.wire;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.ServerRequestHeaders;

/// Reads the length that a request announces for its body. Helidon looks for a mapper of text to
/// numbers each time it is asked; it has refused what is no number before a handler runs.
public final class ContentLength {
  /// Nothing is said: no body, or one in chunks.
  public static final long NONE = -1;

  private ContentLength() {}

  public static long of(ServerRequestHeaders headers) {
    return headers.contains(HeaderNames.CONTENT_LENGTH)
        ? Long.parseLong(headers.get(HeaderNames.CONTENT_LENGTH).get())
        : NONE;
  }

  /// The same before Helidon has looked at it: [#NONE] also for what is no number.
  public static long orNone(Headers headers) {
    if (!headers.contains(HeaderNames.CONTENT_LENGTH)) {
      return NONE;
    }
    try {
      return Long.parseLong(headers.get(HeaderNames.CONTENT_LENGTH).get());
    } catch (NumberFormatException e) {
      return NONE;
    }
  }
}
