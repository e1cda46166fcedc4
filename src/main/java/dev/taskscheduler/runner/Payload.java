package dev.taskscheduler.runner;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/// Reads one field of a payload, for the runners that come with the scheduler.
final class Payload {
  private static final JsonFactory JSON = new JsonFactory();

  private Payload() {}

  /// The number or text of a field of the payload's object, as text; empty if there is none.
  static Optional<String> field(byte[] payload, String name) {
    try (JsonParser parser =
        JSON.createParser(tools.jackson.core.ObjectReadContext.empty(), payload)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String field = parser.nextName(); field != null; field = parser.nextName()) {
        JsonToken value = parser.nextToken();
        if (field.equals(name) && value.isScalarValue()) {
          return Optional.of(parser.getString());
        }
        parser.skipChildren();
      }
      return Optional.empty();
    }
  }
}
