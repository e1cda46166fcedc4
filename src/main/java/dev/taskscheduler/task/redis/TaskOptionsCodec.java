package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Reads and writes the options in a task's record. Each option is a space, a letter, an equals
/// sign and a value after the type; a task without options has none. `docs/data.md` lists the
/// letters.
final class TaskOptionsCodec {
  private static final System.Logger LOG = System.getLogger(TaskOptionsCodec.class.getName());

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int SHOWN = 100;
  private static final AtomicLong LOG_FROM = new AtomicLong(System.nanoTime());
  private static final AtomicLong UNLOGGED = new AtomicLong();

  private static final List<TaskOption<?>> STORED =
      TaskOption.ALL.stream().filter(option -> option.letter() != TaskOption.NOT_STORED).toList();

  /// Bytes that hold any options.
  static final int LONGEST = 3000;

  private TaskOptionsCodec() {}

  static String write(TaskOptions options) {
    return options.isEmpty() ? "" : write(options, STORED);
  }

  static String write(TaskOptions options, List<TaskOption<?>> which) {
    StringBuilder text = new StringBuilder();
    for (TaskOption<?> option : which) {
      Object value = options.values().get(option);
      if (value != null) {
        text.append(' ').append(option.letter()).append('=').append(text(value));
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
    int unread = 0;
    String first = "";
    for (String part : text.strip().split(" ", -1)) {
      try {
        STORED.stream()
            .filter(row -> part.length() > 2 && part.charAt(0) == row.letter())
            .forEach(row -> options.put(row, value(row, part.substring(2))));
      } catch (IllegalArgumentException | DateTimeException e) {
        first = unread++ == 0 ? part : first;
      }
    }
    if (unread > 0) {
      warn(unread, first);
    }
    return options.isEmpty() ? TaskOptions.NONE : new TaskOptions(options);
  }

  /// Logs the first of some, seldom: a record is read at each look at it.
  private static void warn(int unread, String first) {
    long count = UNLOGGED.addAndGet(unread);
    long from = LOG_FROM.get();
    long now = System.nanoTime();
    if (now - from >= 0 && LOG_FROM.compareAndSet(from, now + BETWEEN_LINES.toNanos())) {
      UNLOGGED.addAndGet(-count);
      String shown = first.substring(0, Math.min(first.length(), SHOWN));
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "unreadable task options count=" + count + " first=" + shown);
    }
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
