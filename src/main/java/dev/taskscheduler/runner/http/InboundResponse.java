package dev.taskscheduler.runner.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// The answer of a target.
///
/// @param status from 200 up, or 101
/// @param headers by name in lower case; the first of each
/// @param body as many bytes as may be kept; not to be changed after
/// @param cut whether there was more
public record InboundResponse(int status, Map<String, String> headers, byte[] body, boolean cut) {
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// The body as UTF-8; of one that was cut, without the character that the cut went through.
  Optional<String> text() {
    CharBuffer chars = CharBuffer.allocate(body.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(body), chars, !cut);
    return result.isError() ? Optional.empty() : Optional.of(chars.flip().toString());
  }
}
