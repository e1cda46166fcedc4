package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.wire.ContentLength;
import dev.taskscheduler.handlers.wire.Problem;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpMediaType;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Reads the bodies of requests, within the limits of their size and memory.
public final class RequestBody {
  public static final String JSON = MediaTypes.APPLICATION_JSON.text();

  private RequestBody() {}

  /// The answer to a body that is not declared to be JSON.
  public static Problem notJson() {
    return Problem.of(
        Status.UNSUPPORTED_MEDIA_TYPE_415,
        "Send the header Content-Type: application/json; the charset, if named, is utf-8.");
  }

  /// Whether a body is declared to be of this type, and of no other charset than UTF-8.
  public static boolean isUtf8(ServerRequestHeaders headers, String wanted) {
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
  ///
  /// @param announced its length as [ContentLength] read it
  public static byte[] read(
      ServerRequest req, long announced, int maxBodyBytes, BodyMemoryLimit.Share share)
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
