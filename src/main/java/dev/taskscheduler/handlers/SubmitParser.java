package dev.taskscheduler.handlers;

import dev.taskscheduler.task.Due;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Reads the body of `POST /submit` in one pass, strictly: what two readers could understand in two
/// ways (a name that comes twice, text after the end, a number that is no finite double, bytes that
/// are no UTF-8) is refused here, so that the payload, which is kept and handed on byte for byte,
/// means the same to everyone down the way.
///
/// Safe for many threads.
final class SubmitParser {
  static final int MAX_DEPTH = 64;
  static final int MAX_NUMBER_LENGTH = 1_000;
  static final int MAX_NAME_LENGTH = 1_000;
  static final String DEFAULT_TYPE = "log";

  /// An integer of fewer digits is finite as a double; a longer one has to be looked at.
  private static final int SURELY_FINITE_DIGITS = 300;

  private static final int MAX_FAULTS = 20;
  private static final int SHOWN = 100;
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Duration LONGEST_DELAY = Duration.ofDays(365);
  private static final String DELAY_DETAIL =
      "must be seconds as a number, or an ISO-8601 duration such as \"PT90S\"; 0 to 365 days";
  private static final String RUN_AT_DETAIL =
      "must be a time such as \"2026-11-23T08:55:00Z\" (RFC 3339), at most 365 days ahead";
  private static final String PRIORITY_DETAIL =
      "must be one of the strings \"high\", \"medium\" and \"low\"; leave it out for \"medium\"";
  private static final String TYPE_DETAIL =
      "must be a string of 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or a"
          + " digit; leave it out for \""
          + DEFAULT_TYPE
          + "\"";

  private final JsonFactory json;
  private final InstantSource clock;

  /// @param maxBodyBytes no string inside a body can be longer
  /// @param clock says what lies too far ahead
  SubmitParser(int maxBodyBytes, InstantSource clock) {
    this.clock = clock;
    json =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION) // UTF-8 or nothing
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(Math.max(1, maxBodyBytes))
                    .build())
            .build();
  }

  /// Reads `body`, which must not change afterwards.
  SubmitRequest parse(byte[] body) {
    int fault = Utf8.firstFault(body);
    if (fault >= 0) {
      return new SubmitRequest.Malformed("The body is not UTF-8 at byte " + fault + ".");
    }
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
      return new Reading(parser, body, clock).request();
    } catch (StreamConstraintsException e) {
      return new SubmitRequest.Malformed("The body is beyond a limit: " + limit(e) + ".");
    } catch (JacksonException e) {
      return new SubmitRequest.Malformed(
          "The body is not JSON at " + place(e) + ": " + firstLine(e) + ".");
    }
  }

  private static String limit(StreamConstraintsException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (message.contains("nesting depth")) {
      return "values may be nested " + MAX_DEPTH + " deep at the most";
    }
    if (message.contains("Number")) {
      return "a number may have " + MAX_NUMBER_LENGTH + " characters at the most";
    }
    if (message.contains("Name")) {
      return "a name may have " + MAX_NAME_LENGTH + " characters at the most";
    }
    return "make it smaller";
  }

  private static String place(JacksonException e) {
    var location = e.getLocation();
    return location == null
        ? "an unknown place"
        : "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static String firstLine(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() <= 2 * SHOWN ? line : line.substring(0, 2 * SHOWN) + "...";
  }

  /// One body while it is read.
  private static final class Reading {
    private final JsonParser parser;
    private final byte[] body;
    private final InstantSource clock;
    private final List<Fault> faults = new ArrayList<>(0);
    private Priority priority = Priority.MEDIUM;
    private String type = DEFAULT_TYPE;
    private byte @Nullable [] payload;
    private boolean payloadSeen;
    private Due due = Due.NOW;
    private boolean delaySeen;
    private boolean runAtSeen;

    Reading(JsonParser parser, byte[] body, InstantSource clock) {
      this.parser = parser;
      this.body = body;
      this.clock = clock;
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
        if (delaySeen && runAtSeen) {
          fault("/runAt", "cannot stand beside delay; leave one of them out");
        }
        if (!payloadSeen) {
          fault("/payload", "is missing; send any JSON value, null if there is nothing to say");
        }
      } else {
        walk(first, false);
        fault("", "must be a JSON object with a payload");
      }
      if (parser.nextToken() != null) {
        return new SubmitRequest.Malformed("There is text after the end of the JSON object.");
      }
      return payload == null || !faults.isEmpty()
          ? new SubmitRequest.Invalid(faults)
          : new SubmitRequest.Valid(new NewTask(priority, type, payload, options()));
    }

    private void field(String name) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "payload" -> payload(value);
        case "priority" -> priority(value);
        case "type" -> type(value);
        case "delay" -> delay(value);
        case "runAt" -> runAt(value);
        default -> {
          walk(value, false);
          fault(
              pointer(name), "is not known; the fields are priority, payload, type, delay, runAt");
        }
      }
    }

    private TaskOptions options() {
      return due == Due.NOW ? TaskOptions.NONE : TaskOptions.NONE.due(due);
    }

    private void delay(JsonToken value) {
      delaySeen = true;
      Optional<Duration> delay = duration(value);
      if (delay.isEmpty() || delay.get().compareTo(LONGEST_DELAY) > 0) {
        walk(value, false);
        fault("/delay", DELAY_DETAIL);
      } else if (delay.get().isPositive()) {
        due = new Due.After(delay.get());
      }
    }

    private void runAt(JsonToken value) {
      runAtSeen = true;
      Optional<Instant> time =
          value == JsonToken.VALUE_STRING ? TimeText.time(parser.getString()) : Optional.empty();
      if (time.isEmpty() || time.get().isAfter(clock.instant().plus(LONGEST_DELAY))) {
        walk(value, false);
        fault("/runAt", RUN_AT_DETAIL);
      } else {
        due = new Due.At(time.get());
      }
    }

    private Optional<Duration> duration(JsonToken value) {
      return switch (value) {
        case VALUE_STRING -> TimeText.duration(parser.getString());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> TimeText.seconds(parser.getDoubleValue());
        default -> Optional.empty();
      };
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
      fault("/priority", PRIORITY_DETAIL);
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
      fault("/type", TYPE_DETAIL);
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

    private void number(JsonToken token) {
      if (token == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() < SURELY_FINITE_DIGITS) {
        return;
      }
      if (!Double.isFinite(parser.getDoubleValue())) {
        fault(
            shown(parser.streamReadContext().pathAsPointer().toString()),
            "is too large for a double; send it as a string");
      }
    }

    private void fault(String pointer, String detail) {
      if (faults.size() < MAX_FAULTS) {
        faults.add(new Fault(pointer, detail));
      }
    }

    private static String pointer(String name) {
      return shown("/" + name.replace("~", "~0").replace("/", "~1"));
    }

    private static String shown(String text) {
      return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
  }
}
