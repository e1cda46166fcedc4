package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.time.Durations;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the JSON object of a body field by field, and collects all its errors.
public abstract class ObjectReader<T> {
  protected final JsonParser parser;
  protected final FieldErrors errors = new FieldErrors();

  protected ObjectReader(JsonParser parser) {
    this.parser = parser;
  }

  /// Reads the field whose value is the current token of the parser.
  protected abstract void field(String name, JsonToken value);

  /// Notes what is missing and what does not go together.
  protected void check() {}

  /// The value of the whole object, which has no errors.
  protected abstract T value();

  public final BodyResult<T> read() {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return new BodyResult.Malformed<>("The body is empty; send a JSON object.");
    }
    if (first == JsonToken.START_OBJECT) {
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        field(name, parser.nextToken());
      }
      check();
    } else {
      parser.skipChildren();
      errors.add("", "must be a JSON object");
    }
    if (parser.nextToken() != null) {
      return new BodyResult.Malformed<>("There is text after the end of the JSON object.");
    }
    return errors.none() ? new BodyResult.Valid<>(value()) : new BodyResult.Invalid<>(errors.all());
  }

  /// Takes a value that was read, or notes that it is not as the rule says.
  ///
  /// @param read empty if it is not
  protected final <V> Optional<V> checked(
      JsonToken value, String pointer, Optional<V> read, String rule) {
    if (read.isEmpty()) {
      parser.skipChildren();
      errors.add(pointer, value == JsonToken.VALUE_NULL ? FieldErrors.NULL : rule);
    }
    return read;
  }

  /// Notes a field that does not exist.
  ///
  /// @param names of those that do
  protected final void unknown(String pointer, String names) {
    parser.skipChildren();
    errors.add(pointer, "is unknown; the fields are " + names);
  }

  /// Reads an object inside of the object, field by field.
  ///
  /// @param names of its fields, for people
  /// @param each takes the name and the first token of each value
  protected final void object(
      JsonToken value, String pointer, String names, BiConsumer<String, JsonToken> each) {
    if (value != JsonToken.START_OBJECT) {
      checked(value, pointer, Optional.empty(), "must be an object with " + names);
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      each.accept(name, parser.nextToken());
    }
  }

  protected final Optional<String> text(JsonToken value) {
    return value == JsonToken.VALUE_STRING ? Optional.of(parser.getString()) : Optional.empty();
  }

  /// Seconds, or a text such as `90s`.
  protected final Optional<Duration> duration(JsonToken value) {
    return value.isNumeric()
        ? Rfc3339.seconds(parser.getDoubleValue())
        : text(value).flatMap(Durations::parse);
  }

  /// A whole number, or an error.
  protected final Optional<Integer> whole(JsonToken value, String pointer, int most) {
    Optional<Integer> read = value.isNumeric() ? whole(parser) : Optional.<Integer>empty();
    return checked(
        value,
        pointer,
        read.filter(number -> number >= 1 && number <= most),
        "must be a whole number from 1 to " + most);
  }

  /// A whole number however it is written: to JSON Schema `5.0` is an integer.
  public static Optional<Integer> whole(JsonParser parser) {
    if (Math.abs(parser.getDoubleValue()) > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    BigDecimal exact = parser.getDecimalValue().stripTrailingZeros();
    return exact.scale() <= 0 ? Optional.of(exact.intValueExact()) : Optional.empty();
  }
}
