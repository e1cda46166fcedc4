package dev.taskscheduler.task.redis;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads and writes the options in a task's record. Each option is a space, a letter, an equals
/// sign and a value after the type; a task without options has none. `docs/data.md` lists the
/// letters.
final class TaskOptionsCodec {
  private static final System.Logger LOG = System.getLogger(TaskOptionsCodec.class.getName());

  private static final List<TaskOption<?>> STORED =
      TaskOption.ALL.stream().filter(option -> option.code() != TaskOption.NOT_STORED).toList();

  private static final Map<Character, TaskOption<?>> BY_CODE =
      STORED.stream().collect(toUnmodifiableMap(TaskOption::code, option -> option));

  /// Bytes that hold any options.
  static final int LONGEST = 3600;

  private TaskOptionsCodec() {}

  static String write(TaskOptions options) {
    return options.isEmpty() ? "" : write(options, STORED);
  }

  static String write(TaskOptions options, List<TaskOption<?>> which) {
    StringBuilder text = new StringBuilder();
    for (TaskOption<?> option : which) {
      Object value = options.values().get(option);
      if (value != null) {
        text.append(' ').append(option.code()).append('=').append(text(value));
      }
    }
    return text.toString();
  }

  private static Object text(Object value) {
    return switch (value) {
      case Duration time -> time.toMillis();
      case Instant time -> Math.max(0, time.toEpochMilli());
      case Enum<?> choice -> TaskOption.word(choice).charAt(0);
      default -> value;
    };
  }

  /// @param text as [#write] gave it; what it does not know or cannot read is passed over: a task
  ///   that nobody can claim would end each leadership in turn
  static TaskOptions read(String text) {
    Map<TaskOption<?>, Object> options = new HashMap<>();
    for (String part : text.strip().split(" ", -1)) {
      TaskOption<?> option = part.length() > 2 ? BY_CODE.get(part.charAt(0)) : null;
      if (option == null) {
        continue;
      }
      try {
        options.put(option, value(option, part.substring(2)));
      } catch (IllegalArgumentException | DateTimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "option cannot be read", e);
      }
    }
    return options.isEmpty() ? TaskOptions.NONE : new TaskOptions(options);
  }

  private static Object value(TaskOption<?> option, String text) {
    Object value =
        switch (option.kind()) {
          case DURATION -> Duration.ofMillis(Long.parseLong(text));
          case INSTANT -> Instant.ofEpochMilli(Long.parseLong(text));
          case WHOLE -> Integer.valueOf(text);
          case NUMBER -> Double.valueOf(text);
          case TEXT -> text;
          case CHOICE ->
              option
                  .choice(word -> word.startsWith(text))
                  .orElseThrow(IllegalArgumentException::new);
          case OBJECT -> throw new IllegalArgumentException("an object is not stored");
        };
    if (option.kind() != TaskOption.Kind.DURATION && !option.allows(value)) {
      throw new IllegalArgumentException(option.pointer() + " " + option.rule());
    }
    return value;
  }
}
