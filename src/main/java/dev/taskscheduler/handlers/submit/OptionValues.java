package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.task.TaskOption;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the values of options from JSON.
public final class OptionValues {
  /// Said of an optional field: to take it for one that was left out could hide a mistake.
  public static final String NULL = "must not be null; leave the field out";

  private static final Duration LONGEST = Duration.ofDays(365);

  private OptionValues() {}

  /// Reads the current value of a parser; empty if it is of another kind than the option.
  ///
  /// @param value its token
  /// @param clock says what lies too far ahead
  public static Optional<?> read(
      JsonParser parser, TaskOption<?> option, JsonToken value, InstantSource clock) {
    boolean number = value.isNumeric();
    String text = value == JsonToken.VALUE_STRING ? parser.getString() : "";
    return switch (option.kind()) {
      case DURATION -> number ? Rfc3339.seconds(parser.getDoubleValue()) : Rfc3339.duration(text);
      case INSTANT ->
          Rfc3339.time(text).filter(time -> !time.isAfter(clock.instant().plus(LONGEST)));
      case WHOLE -> number ? whole(parser) : Optional.empty();
      case NUMBER -> number ? Optional.of(parser.getDoubleValue()) : Optional.empty();
      case TEXT -> Optional.of(text);
      case CHOICE -> option.choice(text::equals);
      case OBJECT -> Optional.empty();
    };
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
