package dev.taskscheduler.handlers.wire;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;

/// Reads the length that a request announces for its body. Helidon looks for a mapper of text to
/// numbers each time it is asked.
public final class ContentLength {
  /// No length: no body, one in chunks, or no number, which Helidon refuses.
  public static final long NONE = -1;

  private ContentLength() {}

  public static long of(Headers headers) {
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
