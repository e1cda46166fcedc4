package dev.taskscheduler.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The result of an attempt that succeeded.
///
/// @param json a JSON value in UTF-8, kept with the task; empty if there is nothing to keep. Its
///   numbers fit a double and its strings are Unicode (RFC 7493). Not to be changed after
public record TaskResult(byte[] json) {
  /// Nothing to keep.
  public static final TaskResult NONE = new TaskResult(new byte[0]);

  private static final JsonFactory JSON = new JsonFactory();

  /// Why it cannot be kept; empty if it can.
  ///
  /// @param maxBytes how large it may be
  public Optional<String> fault(int maxBytes) {
    if (json.length == 0) {
      return Optional.empty();
    }
    if (json.length > maxBytes) {
      return Optional.of(
          "the result has %d bytes, the limit is %d (MAX_RESULT_BYTES)"
              .formatted(json.length, maxBytes));
    }
    String text; // from bytes, other encodings would be guessed and taken too
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      return Optional.of("the result is not UTF-8");
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (text.isBlank()) {
        return Optional.of("the result is blank: return JSON, or no result");
      }
      Optional<String> unread = InteroperableJson.fault(parser);
      if (unread.isPresent()) {
        return unread.map(what -> "the result contains " + what);
      }
      return parser.nextToken() == null
          ? Optional.empty()
          : Optional.of("the result has text after the end of the JSON value");
    } catch (JacksonException e) {
      return Optional.of("the result is not JSON: " + e.getOriginalMessage());
    }
  }
}
