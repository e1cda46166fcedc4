package dev.taskscheduler.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.spi.TaskResult;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Checks that the result of an attempt can be stored.
public final class ResultCheck {
  private static final JsonFactory JSON = new JsonFactory();

  private ResultCheck() {}

  /// Why the result cannot be stored; empty if it can.
  ///
  /// @param maxBytes how large it may be
  public static Optional<String> error(TaskResult result, int maxBytes) {
    byte[] json = result.json();
    if (json.length == 0) {
      return Optional.empty();
    }
    if (json.length > maxBytes) {
      return Optional.of(
          "the result has %d bytes, the limit is %d (MAX_RESULT_BYTES)"
              .formatted(json.length, maxBytes));
    }
    String text; // from bytes, the parser would guess other encodings and accept them too
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      return Optional.of("the result is not UTF-8");
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (text.isBlank()) {
        return Optional.of("the result is blank: return JSON, or no result");
      }
      Optional<String> limit = InteroperableJson.fault(parser);
      if (limit.isPresent()) {
        return limit.map(found -> "the result contains " + found);
      }
      return parser.nextToken() == null
          ? Optional.empty()
          : Optional.of("the result has text after the end of the JSON value");
    } catch (JacksonException e) {
      return Optional.of("the result is not JSON: " + e.getOriginalMessage());
    }
  }
}
