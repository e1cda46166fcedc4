package dev.taskscheduler.runner;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// JSON that anybody reads, as I-JSON has it (RFC 7493): its numbers fit a double, and its strings
/// are Unicode. Strict readers refuse a whole document for `1e999` or a lone surrogate in it.
public final class InteroperableJson {
  private InteroperableJson() {}

  /// Reads on to the end of one value, and says what in it not everybody reads.
  ///
  /// @param parser before the value; after it then, unless there is such a thing
  /// @return empty if there is none, or no value at all
  public static Optional<String> fault(JsonParser parser) {
    int depth = 0;
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token.isNumeric() && Double.isInfinite(parser.getDoubleValue())) {
        return Optional.of("a number that is too large for a double");
      } else if (text(token) && !unicode(parser.getString())) {
        return Optional.of("half of a surrogate pair, which is no character");
      }
      if (depth == 0) {
        parser.finishToken();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static boolean text(JsonToken token) {
    return token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME;
  }

  private static boolean unicode(String text) {
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int character = text.codePointAt(at);
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        return false;
      }
    }
    return true;
  }
}
