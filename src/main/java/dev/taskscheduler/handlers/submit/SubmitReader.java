package dev.taskscheduler.handlers.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Sha256;
import dev.taskscheduler.handlers.wire.Utf8;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.Tags;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads one body of `POST /submit`. The table [TaskOption] says what it may hold beyond a payload,
/// a priority and a type; a body without options makes nothing for them.
final class SubmitReader {
  static final String DEFAULT_TYPE = "log";

  /// An integer of fewer digits is finite as a double; a longer one has to be looked at.
  private static final int SURELY_FINITE_DIGITS = 300;

  private static final Map<String, TaskOption<?>> BY_POINTER =
      TaskOption.ALL.stream()
          .filter(row -> !row.pointer().isEmpty())
          .collect(Collectors.toUnmodifiableMap(TaskOption::pointer, row -> row));

  private static final String PRIORITY_RULE =
      "must be one of the strings \"high\", \"medium\" and \"low\"; the default is \"medium\"";
  private static final String TYPE_RULE =
      ("must be a string of 1 to 64 letters, digits, '.', '_' and '-', beginning with a "
              + "letter or a digit; the default is \"%s\"")
          .formatted(DEFAULT_TYPE);

  private static final String HALF_A_PAIR =
      "has half of a surrogate pair, which UTF-8 cannot encode";

  private static final byte[] NULL = "null".getBytes(UTF_8);

  private final JsonParser parser;
  private final byte[] body;
  private final InstantSource clock;
  private final boolean again;
  private final FieldErrors errors = new FieldErrors();
  private Priority priority = Priority.MEDIUM;
  private String type = DEFAULT_TYPE;
  private byte @Nullable [] payload;
  private boolean payloadSeen;
  private Map<TaskOption<?>, Object> options = Map.of();

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
      if (!options.isEmpty()) {
        check(new TaskOptions(options));
      }
      if (!payloadSeen) {
        errors.add("/payload", "is missing; send any JSON value, such as null");
      }
    } else {
      walk(first, false);
      errors.add("", "must be a JSON object with a payload");
    }
    if (parser.nextToken() != null) {
      return new SubmitRequest.Malformed("There is text after the end of the JSON object.");
    }
    return payload == null || !errors.none()
        ? new SubmitRequest.Invalid(errors.all(), rest(payload == null ? NULL : payload))
        : new SubmitRequest.Valid(task(payload));
  }

  /// What runners can check of a body with faults.
  private NewTask rest(byte[] value) {
    Map<TaskOption<?>, Object> checked = new HashMap<>(options);
    checked.keySet().retainAll(Set.of(TaskOption.CALLBACK_URL));
    return new NewTask(priority, type, value, new TaskOptions(checked), SubmitOptions.NONE);
  }

  private NewTask task(byte[] value) {
    if (options.isEmpty()) {
      return new NewTask(priority, type, value);
    }
    TaskOptions asked = new TaskOptions(options);
    Optional<SubmitOptions.UniqueWindow> window =
        asked
            .get(TaskOption.UNIQUE_FOR)
            .map(time ->
                new SubmitOptions.UniqueWindow(
                    asked.get(TaskOption.UNIQUE_KEY).orElseThrow(), time));
    Durability durability = asked.get(TaskOption.DURABILITY).orElse(Durability.MEMORY);
    window.ifPresent(unique -> options.remove(TaskOption.UNIQUE_KEY)); // the task does not hold it
    options.keySet().removeIf(option -> option.code() == TaskOption.NOT_STORED);
    options.remove(TaskOption.DELAY, Duration.ZERO);
    options.remove(TaskOption.QUEUE, QueueName.DEFAULT);
    if (asked.has(TaskOption.CALLBACK_URL)) {
      options.putIfAbsent(TaskOption.CALLBACK_ON, Callback.When.BOTH);
    }
    return new NewTask(
        priority,
        type,
        value,
        new TaskOptions(options),
        window.isEmpty() && durability == Durability.MEMORY
            ? SubmitOptions.NONE
            : new SubmitOptions(Optional.empty(), window, durability));
  }

  private void field(String name) {
    JsonToken value = parser.nextToken();
    switch (name) {
      case "payload" -> payload(value);
      case "priority" -> priority(value);
      case "type" -> type(value);
      default -> option("", name, value);
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
    Optional<Priority> known =
        value == JsonToken.VALUE_STRING ? Priority.parse(parser.getString()) : Optional.empty();
    if (known.isPresent()) {
      priority = known.get();
    } else {
      refuse(value, "/priority", PRIORITY_RULE);
    }
  }

  private void type(JsonToken value) {
    String text = value == JsonToken.VALUE_STRING ? parser.getString() : "";
    if (text.equals(DEFAULT_TYPE) || NewTask.isType(text)) {
      type = text;
    } else {
      refuse(value, "/type", TYPE_RULE);
    }
  }

  /// @param parent the pointer of the object that the field is in
  private void option(String parent, String name, JsonToken value) {
    String pointer = parent + FieldErrors.pointer(name);
    TaskOption<?> option = BY_POINTER.get(pointer);
    if (option == null) {
      walk(value, false);
      errors.add(pointer, "is unknown; the fields are " + names(parent));
    } else if (option == TaskOption.TAGS) {
      tags(value);
    } else if (option.kind() == TaskOption.Kind.OBJECT && value == JsonToken.START_OBJECT) {
      object(option);
    } else {
      String text = value == JsonToken.VALUE_STRING ? parser.getString() : "";
      Optional<?> read = OptionValues.read(parser, option, value, clock).filter(option::allows);
      if (read.isEmpty()) {
        refuse(value, pointer, option.rule());
      } else if (option != TaskOption.UNIQUE_KEY) {
        put(option, read.get());
      } else if (Utf8.encodes(text)) {
        put(option, Sha256.of(text.getBytes(UTF_8)));
      } else { // it would be the same key as others
        errors.add(pointer, HALF_A_PAIR);
      }
    }
  }

  private void tags(JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      refuse(value, TaskOption.TAGS.pointer(), TaskOption.TAGS.rule());
      return;
    }
    Set<String> tags = new LinkedHashSet<>();
    int place = 0;
    for (JsonToken each = parser.nextToken();
        each != JsonToken.END_ARRAY;
        each = parser.nextToken()) {
      String tag = each == JsonToken.VALUE_STRING ? parser.getString() : "";
      if (!Tags.isTag(tag)) {
        refuse(each, TaskOption.TAGS.pointer() + "/" + place, Tags.RULE);
      } else if (tags.size() <= Tags.MOST) {
        tags.add(tag);
      }
      place++;
    }
    if (tags.size() > Tags.MOST) {
      errors.add(TaskOption.TAGS.pointer(), TaskOption.TAGS.rule());
    } else if (!tags.isEmpty()) {
      put(TaskOption.TAGS, Tags.write(List.copyOf(tags)));
    }
  }

  private void put(TaskOption<?> option, Object value) {
    options = options.isEmpty() ? new HashMap<>() : options;
    options.put(option, value);
  }

  private void object(TaskOption<?> object) {
    boolean url = object != TaskOption.CALLBACK;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      url |= name.equals("url");
      option(object.pointer(), name, parser.nextToken());
    }
    if (!url) {
      errors.add(TaskOption.CALLBACK_URL.pointer(), TaskOption.CALLBACK_URL.rule());
    }
  }

  private static String names(String parent) {
    return (parent.isEmpty() ? "priority, payload, type, " : "")
        + TaskOption.ALL.stream()
            .filter(option -> option.parent().equals(parent) && !option.name().isEmpty())
            .map(TaskOption::name)
            .collect(joining(", "));
  }

  private void refuse(JsonToken value, String pointer, String rule) {
    walk(value, false);
    errors.add(pointer, value == JsonToken.VALUE_NULL ? FieldErrors.NULL : rule);
  }

  /// Notes what does not go together.
  private void check(TaskOptions asked) {
    if (asked.has(TaskOption.DELAY) && asked.has(TaskOption.RUN_AT)) {
      errors.add("/runAt", "cannot be combined with delay; leave one of them out");
    }
    if (asked.has(TaskOption.UNIQUE_FOR) && !asked.has(TaskOption.UNIQUE_KEY)) {
      errors.add("/uniqueFor", "needs a uniqueKey");
    }
    Optional<Duration> cap = asked.get(TaskOption.BACKOFF_CAP);
    if (cap.isPresent()
        && cap.get().compareTo(asked.get(TaskOption.BACKOFF_BASE).orElse(cap.get())) < 0) {
      errors.add("/backoff/cap", "must not be less than base");
    }
    asked.get(TaskOption.EXPIRES_AT).ifPresent(time -> checkExpiry(asked, time));
  }

  /// A task that could never start is a mistake. What was submitted before under its key may be so
  /// by now: that is for its first answer to say.
  private void checkExpiry(TaskOptions asked, Instant expiresAt) {
    Optional<Instant> start = asked.get(TaskOption.RUN_AT);
    Duration delay = asked.get(TaskOption.DELAY).orElse(Duration.ZERO);
    if (start.isPresent() && !expiresAt.isAfter(start.get())) {
      errors.add("/expiresAt", "must be later than runAt, or the task never starts");
    } else if (!again && !expiresAt.isAfter(clock.instant().plus(delay))) {
      errors.add(
          "/expiresAt",
          delay.isZero()
              ? "must be in the future by this node's clock, or the task never starts"
              : "must be later than the end of delay, or the task never starts");
    }
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
      errors.add(
          parser.streamReadContext().pathAsPointer().toString(),
          "is too large for a double; send it as a string");
    }
  }
}
