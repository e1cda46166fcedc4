package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads one body of `POST /submit`. A body that asks for nothing beyond the usual makes nothing
/// beyond a priority, a type and a payload.
final class SubmitReader {
  static final String DEFAULT_TYPE = "log";

  /// An integer of fewer digits is finite as a double; a longer one has to be looked at.
  private static final int SURELY_FINITE_DIGITS = 300;

  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final String PRIORITY_DETAIL =
      "must be one of the strings \"high\", \"medium\" and \"low\"; leave it out for \"medium\"";
  private static final String TYPE_DETAIL =
      "must be a string of 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or a"
          + " digit; leave it out for \""
          + DEFAULT_TYPE
          + "\"";

  /// Said of an optional field: to take it for one that was left out could hide a mistake.
  static final String NULL = "must not be null; leave the field out";

  private static final String KNOWN =
      "is not known; the fields are priority, payload, type, delay, runAt, maxAttempts, backoff,"
          + " timeout, expiresAt, retention, uniqueKey, uniqueFor, callback, durability";

  private final JsonParser parser;
  private final byte[] body;
  private final InstantSource clock;
  private final boolean again;
  private final FieldErrors faults = new FieldErrors();
  private Priority priority = Priority.MEDIUM;
  private String type = DEFAULT_TYPE;
  private byte @Nullable [] payload;
  private boolean payloadSeen;
  private @Nullable TaskOptionsReader options;

  /// @param clock says what is over and what lies too far ahead
  /// @param again whether it may have been kept before, under an `Idempotency-Key`
  SubmitReader(JsonParser parser, byte[] body, InstantSource clock, boolean again) {
    this.parser = parser;
    this.body = body;
    this.clock = clock;
    this.again = again;
  }

  SubmitRequest request() {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return new SubmitRequest.Malformed("The body is empty; send a JSON object.");
    }
    if (first == JsonToken.START_OBJECT) {
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        field(name);
      }
      if (options != null) {
        options.check();
      }
      if (!payloadSeen) {
        faults.add("/payload", "is missing; send any JSON value, null if there is nothing to say");
      }
    } else {
      walk(first, false);
      faults.add("", "must be a JSON object with a payload");
    }
    if (parser.nextToken() != null) {
      return new SubmitRequest.Malformed("There is text after the end of the JSON object.");
    }
    return payload == null || !faults.none()
        ? new SubmitRequest.Invalid(faults.all())
        : new SubmitRequest.Valid(task(payload));
  }

  private NewTask task(byte[] value) {
    if (options == null) {
      return new NewTask(priority, type, value);
    }
    return new NewTask(priority, type, value, options.options(), options.terms());
  }

  private void field(String name) {
    JsonToken value = parser.nextToken();
    switch (name) {
      case "payload" -> payload(value);
      case "priority" -> priority(value);
      case "type" -> type(value);
      default -> {
        if (options == null) {
          options = new TaskOptionsReader(parser, this::walk, faults, clock, again);
        }
        if (!options.field(name, value)) {
          walk(value, false);
          faults.add(FieldErrors.pointer(name), KNOWN);
        }
      }
    }
  }

  private void payload(JsonToken value) {
    payloadSeen = true;
    int from = (int) parser.currentTokenLocation().getByteOffset();
    walk(value, true);
    int to = (int) parser.currentLocation().getByteOffset();
    payload = Arrays.copyOfRange(body, from, to);
  }

  private void priority(JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      Optional<Priority> known = Priority.parse(parser.getString());
      if (known.isPresent()) {
        priority = known.get();
        return;
      }
    }
    walk(value, false);
    faults.add("/priority", value == JsonToken.VALUE_NULL ? NULL : PRIORITY_DETAIL);
  }

  private void type(JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      String text = parser.getString();
      if (text.equals(DEFAULT_TYPE) || TYPE.matcher(text).matches()) {
        type = text;
        return;
      }
    }
    walk(value, false);
    faults.add("/type", value == JsonToken.VALUE_NULL ? NULL : TYPE_DETAIL);
  }

  /// Goes to the end of the value that begins with `first`, looking at every part of it.
  private void walk(JsonToken first, boolean numbersMatter) {
    int depth = 0;
    JsonToken token = first;
    while (true) {
      switch (token) {
        case START_OBJECT, START_ARRAY -> depth++;
        case END_OBJECT, END_ARRAY -> depth--;
        case VALUE_STRING -> parser.finishToken(); // lazy otherwise: the location would be early
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
          if (numbersMatter) {
            number(token);
          }
        }
        default -> {}
      }
      if (depth == 0) {
        return;
      }
      token = parser.nextToken();
    }
  }

  private void walk(JsonToken first) {
    walk(first, false);
  }

  private void number(JsonToken token) {
    if (token == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() < SURELY_FINITE_DIGITS) {
      return;
    }
    if (!Double.isFinite(parser.getDoubleValue())) {
      faults.add(
          parser.streamReadContext().pathAsPointer().toString(),
          "is too large for a double; send it as a string");
    }
  }
}
