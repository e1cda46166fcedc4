package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.submit.OptionValues;
import dev.taskscheduler.handlers.wire.FieldErrors;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the JSON object of a body field by field, and collects all its errors.
abstract class ObjectReader<T> {
  final JsonParser parser;
  final FieldErrors errors = new FieldErrors();

  ObjectReader(JsonParser parser) {
    this.parser = parser;
  }

  /// Reads the field whose value is the current token of the parser.
  abstract void field(String name, JsonToken value);

  /// The value of the whole object. Errors may be added.
  abstract T value();

  final BodyResult<T> read() {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return new BodyResult.Malformed<>("The body is empty; send a JSON object.");
    }
    if (first == JsonToken.START_OBJECT) {
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        field(name, parser.nextToken());
      }
    } else {
      parser.skipChildren();
      errors.add("", "must be a JSON object");
    }
    T value = value();
    if (parser.nextToken() != null) {
      return new BodyResult.Malformed<>("There is text after the end of the JSON object.");
    }
    return errors.none() ? new BodyResult.Valid<>(value) : new BodyResult.Invalid<>(errors.all());
  }

  /// Takes a value that was read, or notes that it is not as the rule says.
  ///
  /// @param read empty if it is not
  final <V> Optional<V> checked(JsonToken value, String pointer, Optional<V> read, String rule) {
    if (read.isEmpty()) {
      parser.skipChildren();
      errors.add(pointer, value == JsonToken.VALUE_NULL ? OptionValues.NULL : rule);
    }
    return read;
  }

  /// Notes a field that does not exist.
  ///
  /// @param names of those that do
  final void unknown(String pointer, String names) {
    parser.skipChildren();
    errors.add(pointer, "is unknown; the fields are " + names);
  }
}
