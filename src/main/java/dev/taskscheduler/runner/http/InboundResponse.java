package dev.taskscheduler.runner.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// The response of a target.
///
/// @param status from 200 up, or 101
/// @param headers by name in lower case; the first value of each name
/// @param body as many bytes as may be read; must not be changed
/// @param truncated whether the body had more bytes
public record InboundResponse(
    int status, Map<String, String> headers, byte[] body, boolean truncated) {
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// The body as UTF-8 text, without a character that was cut at the end; empty if it is not UTF-8.
  Optional<String> text() {
    CharBuffer chars = CharBuffer.allocate(body.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(body), chars, !truncated);
    return result.isError() ? Optional.empty() : Optional.of(chars.flip().toString());
  }
}
