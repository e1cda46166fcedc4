package dev.taskscheduler.handlers.queues;

import static java.util.stream.Collectors.joining;

import dev.taskscheduler.handlers.submit.OptionValues;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.ObjectReader;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.Rate;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of `PUT /queues/{name}`. The table [QueueSettings#DEFAULTS] says what `defaults`
/// may hold.
final class SettingsReader extends ObjectReader<QueueSettings> {
  private static final String FIELDS =
      "concurrency, rate, burst, weight, honourRetryAfter, " + SettingsJson.DEFAULTS;

  private static final Map<String, TaskOption<?>> BY_POINTER =
      QueueSettings.DEFAULTS.stream()
          .collect(Collectors.toUnmodifiableMap(TaskOption::pointer, row -> row));

  private Optional<Integer> concurrency = Optional.empty();
  private Optional<Rate> rate = Optional.empty();
  private Optional<Integer> burst = Optional.empty();
  private Optional<Integer> weight = Optional.empty();
  private Optional<Boolean> honourRetryAfter = Optional.empty();
  private boolean rateSeen;
  private final Map<TaskOption<?>, Object> defaults = new HashMap<>();

  SettingsReader(JsonParser parser) {
    super(parser);
  }

  @Override
  protected void field(String name, JsonToken value) {
    String pointer = FieldErrors.pointer(name);
    switch (name) {
      case "concurrency" -> concurrency = whole(value, pointer, QueueSettings.MOST_CONCURRENCY);
      case "rate" -> {
        rateSeen = true;
        rate = checked(value, pointer, text(value).flatMap(Rate::parse), "must be " + Rate.RULE);
      }
      case "burst" -> burst = whole(value, pointer, QueueSettings.MOST_BURST);
      case "weight" -> weight = whole(value, pointer, QueueSettings.MOST_WEIGHT);
      case "honourRetryAfter" ->
          honourRetryAfter = checked(value, pointer, bool(value), "must be true or false");
      case SettingsJson.DEFAULTS -> defaults(value, pointer, "");
      default -> unknown(pointer, FIELDS);
    }
  }

  private static Optional<Boolean> bool(JsonToken value) {
    return value.isBoolean() ? Optional.of(value == JsonToken.VALUE_TRUE) : Optional.empty();
  }

  /// Reads an object of options.
  ///
  /// @param parent the pointer of the object that they are in, as in a submission
  private void defaults(JsonToken value, String pointer, String parent) {
    object(
        value,
        pointer,
        names(parent),
        (name, inner) -> option(inner, pointer + FieldErrors.pointer(name), parent, name));
  }

  private void option(JsonToken value, String pointer, String parent, String name) {
    String inTask = parent + FieldErrors.pointer(name);
    TaskOption<?> option = BY_POINTER.get(inTask);
    if (inTask.equals(TaskOption.BACKOFF.pointer())) {
      defaults(value, pointer, inTask);
    } else if (option == null) {
      unknown(pointer, names(parent));
    } else {
      checked(
              value,
              pointer,
              OptionValues.read(parser, option, value, InstantSource.system())
                  .filter(option::allows),
              option.rule())
          .ifPresent(read -> defaults.put(option, read));
    }
  }

  private static String names(String parent) {
    return TaskOption.ALL.stream()
        .filter(option -> option.parent().equals(parent))
        .filter(option -> BY_POINTER.containsValue(option) || option == TaskOption.BACKOFF)
        .map(TaskOption::name)
        .collect(joining(", "));
  }

  @Override
  protected void check() {
    if (burst.isPresent() && !rateSeen) {
      errors.add("/burst", "needs a rate");
    }
    TaskOptions options = new TaskOptions(defaults);
    Optional<Duration> cap = options.get(TaskOption.BACKOFF_CAP);
    Optional<Duration> base = options.get(TaskOption.BACKOFF_BASE);
    if (cap.isPresent() && base.isPresent() && cap.get().compareTo(base.get()) < 0) {
      errors.add("/defaults/backoff/cap", "must not be less than base");
    }
  }

  @Override
  protected QueueSettings value() {
    return new QueueSettings(
        concurrency, rate, burst, weight, honourRetryAfter, new TaskOptions(defaults));
  }
}
