package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.ObjectReader;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.time.Durations;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the values of options from JSON.
public final class OptionValues {
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
      case DURATION -> number ? Rfc3339.seconds(parser.getDoubleValue()) : Durations.parse(text);
      case INSTANT ->
          Rfc3339.time(text).filter(time -> !time.isAfter(clock.instant().plus(LONGEST)));
      case WHOLE -> number ? ObjectReader.whole(parser) : Optional.empty();
      case NUMBER -> number ? Optional.of(parser.getDoubleValue()) : Optional.empty();
      case TEXT -> Optional.of(text);
      case CHOICE -> option.choice(text::equals);
      case OBJECT -> Optional.empty();
    };
  }
}
