package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.ObjectReader;
import dev.taskscheduler.handlers.wire.Rfc3339;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of a backfill: from when to when.
final class BackfillReader extends ObjectReader<BackfillReader.Body> {
  private static final String TIME = "must be a time such as \"2026-11-23T08:55:00Z\" (RFC 3339)";

  /// What is asked for.
  ///
  /// @param to the last instant that may be filled
  record Body(Instant from, Instant to, boolean dryRun) {}

  private Optional<Instant> from = Optional.empty();
  private Optional<Instant> to = Optional.empty();
  private boolean dryRun;
  private boolean fromSeen;
  private boolean toSeen;

  BackfillReader(JsonParser parser) {
    super(parser);
  }

  @Override
  protected void field(String name, JsonToken value) {
    String pointer = FieldErrors.pointer(name);
    switch (name) {
      case "from" -> {
        fromSeen = true;
        from = checked(value, pointer, text(value).flatMap(Rfc3339::time), TIME);
      }
      case "to" -> {
        toSeen = true;
        to = checked(value, pointer, text(value).flatMap(Rfc3339::time), TIME);
      }
      case "dryRun" -> {
        Optional<Boolean> bool =
            value.isBoolean() ? Optional.of(value == JsonToken.VALUE_TRUE) : Optional.empty();
        dryRun = checked(value, pointer, bool, "must be true or false").orElse(false);
      }
      default -> unknown(pointer, "from, to, dryRun");
    }
  }

  @Override
  protected void check() {
    if (!fromSeen) {
      errors.add("/from", "is missing; send the first instant to fill");
    }
    if (!toSeen) {
      errors.add("/to", "is missing; send the last instant to fill");
    }
    if (from.isPresent() && to.isPresent() && to.get().isBefore(from.get())) {
      errors.add("/to", "must not be before from");
    }
  }

  @Override
  protected Body value() {
    return new Body(from.orElseThrow(), to.orElseThrow(), dryRun);
  }
}
