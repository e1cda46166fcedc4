package dev.taskscheduler.task;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// An option of a task: one row of the table that drives how a submission is read, what a task's
/// record holds and what an answer shows. A new option is one more row.
///
/// @param pointer its place in a submission, as a JSON pointer (RFC 6901); empty if it has none
/// @param code its letter in a record; [#NOT_STORED] if a record does not hold it
/// @param shown whether `GET /tasks/{id}` shows it
/// @param type of its value
/// @param rule what its value must be, for people
/// @param allowed whether a submission may have this value
public record TaskOption<T>(
    String pointer, char code, boolean shown, Class<T> type, String rule, Predicate<T> allowed) {
  /// The kinds of values.
  public enum Kind {
    DURATION(Duration.class),
    INSTANT(Instant.class),
    WHOLE(Integer.class),
    NUMBER(Double.class),
    TEXT(String.class),
    /// A constant of an enum: in REST its name in lower case, in a record the first letter of that.
    CHOICE(Enum.class),
    /// An object, whose fields are options of their own.
    OBJECT(Void.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }
  }

  public static final char NOT_STORED = 0;
  public static final int MOST_ATTEMPTS = 1000;

  private static final List<TaskOption<?>> ROWS = new ArrayList<>();
  private static final boolean SHOWN = true;
  private static final boolean HIDDEN = false;
  private static final String LEVEL = "\"memory\", \"replica\" or \"fsync\"";
  private static final String WAIT = "\"PT5S\"; 1 ms to 24 hours";
  private static final String WHILE = "\"PT1H\"; 1 second to 365 days";

  /// The first of the options, so that a script finds it fast; not stored where it is the default.
  public static final TaskOption<String> QUEUE =
      text("/queue", 'q', HIDDEN, QueueName.RULE, QueueName::isName);

  /// As [Tags] writes them.
  public static final TaskOption<String> TAGS =
      row("/tags", 'g', HIDDEN, String.class, Tags.LIST_RULE, Tags::areTags);

  public static final TaskOption<Duration> DELAY =
      time("/delay", 'd', HIDDEN, Duration.ZERO, ofDays(365), "\"PT90S\"; 0 to 365 days");
  public static final TaskOption<Instant> RUN_AT = instant("/runAt", 'r', HIDDEN);
  public static final TaskOption<Integer> MAX_ATTEMPTS =
      row("/maxAttempts", 'a', SHOWN, Integer.class, "a whole number from 1 to 1000", upTo(1000));
  public static final TaskOption<Void> BACKOFF =
      object("/backoff", "an object with base, cap and factor, each optional");
  public static final TaskOption<Duration> BACKOFF_BASE =
      time("/backoff/base", 'b', HIDDEN, ofMillis(1), Backoff.LONGEST, WAIT);
  public static final TaskOption<Duration> BACKOFF_CAP =
      time("/backoff/cap", 'm', HIDDEN, ofMillis(1), Backoff.LONGEST, WAIT);
  public static final TaskOption<Double> BACKOFF_FACTOR =
      row("/backoff/factor", 'f', HIDDEN, Double.class, "a number from 1 to 100", upTo(100));
  public static final TaskOption<Duration> TIMEOUT =
      time("/timeout", 't', SHOWN, ofMillis(100), ofDays(1), "\"PT30S\"; 0.1 seconds to 24 hours");
  public static final TaskOption<Instant> EXPIRES_AT = instant("/expiresAt", 'x', SHOWN);
  public static final TaskOption<Duration> RETENTION =
      time("/retention", 'k', SHOWN, ofSeconds(1), ofDays(365), WHILE);

  /// A record holds the key's hash, 32 hexadecimal digits, if the task holds the key until it ends.
  public static final TaskOption<String> UNIQUE_KEY =
      text("/uniqueKey", 'u', HIDDEN, "a string of 1 to 200 characters", TaskOption::isKey);

  public static final TaskOption<Duration> UNIQUE_FOR =
      time("/uniqueFor", NOT_STORED, HIDDEN, ofSeconds(1), ofDays(365), WHILE);

  /// The schedule that made the task.
  public static final TaskOption<String> SCHEDULE = text("", 's', HIDDEN, "", QueueName::isName);

  /// The planned instant at which its schedule fired.
  public static final TaskOption<Instant> SCHEDULED_AT = instant("", 'i', HIDDEN);

  /// Instants of its schedule before it that did not fire.
  public static final TaskOption<Integer> MISSED =
      row("", 'n', HIDDEN, Integer.class, "", upTo(Integer.MAX_VALUE));

  /// The header of the submission, as W3C Trace Context writes it.
  public static final TaskOption<String> TRACEPARENT = text("", 'p', HIDDEN, "", any -> true);

  public static final TaskOption<Void> CALLBACK =
      object("/callback", "an object with url and, optional, on");
  public static final TaskOption<String> CALLBACK_URL =
      text("/callback/url", 'c', SHOWN, Callback.URL_RULE, Callback::isUrl);
  public static final TaskOption<Callback.When> CALLBACK_ON =
      row("/callback/on", 'o', SHOWN, Callback.When.class, "success, failure or both", any -> true);
  public static final TaskOption<Durability> DURABILITY =
      row("/durability", NOT_STORED, HIDDEN, Durability.class, LEVEL, any -> true);

  /// The whole table, in the order in which options are listed and written.
  public static final List<TaskOption<?>> ALL = List.copyOf(ROWS);

  private static TaskOption<Duration> time(
      String pointer, char code, boolean shown, Duration least, Duration most, String bounds) {
    String rule = "seconds as a number, or a duration such as " + bounds;
    Predicate<Duration> allowed = v -> v.compareTo(least) >= 0 && v.compareTo(most) <= 0;
    return row(pointer, code, shown, Duration.class, rule, allowed);
  }

  private static TaskOption<Instant> instant(String pointer, char code, boolean shown) {
    String rule = "a time such as \"2026-11-23T08:55:00Z\" (RFC 3339), at most 365 days ahead";
    return row(pointer, code, shown, Instant.class, rule, any -> true);
  }

  private static TaskOption<String> text(
      String pointer, char code, boolean shown, String rule, Predicate<String> allowed) {
    return row(pointer, code, shown, String.class, rule, allowed);
  }

  private static TaskOption<Void> object(String pointer, String rule) {
    return row(pointer, NOT_STORED, HIDDEN, Void.class, rule, none -> false);
  }

  private static <T> TaskOption<T> row(
      String pointer, char code, boolean shown, Class<T> type, String rule, Predicate<T> allowed) {
    var row = new TaskOption<>(pointer, code, shown, type, "must be " + rule, allowed);
    ROWS.add(row);
    return row;
  }

  private static <N extends Number> Predicate<N> upTo(int most) {
    return number -> number.doubleValue() >= 1 && number.doubleValue() <= most;
  }

  private static boolean isKey(String text) {
    return !text.isEmpty() && text.length() <= 200;
  }

  /// The kind of its value.
  public Kind kind() {
    for (Kind kind : Kind.values()) {
      if (kind.type.isAssignableFrom(type)) {
        return kind;
      }
    }
    throw new IllegalStateException("no kind of " + type);
  }

  /// The pointer of the object that it is a field of; empty for a field of the submission itself.
  public String parent() {
    return pointer.substring(0, Math.max(0, pointer.lastIndexOf('/')));
  }

  /// The name of its field.
  public String name() {
    return pointer.substring(pointer.lastIndexOf('/') + 1);
  }

  /// The word for a constant of an enum.
  public static String word(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  /// The constant of a choice whose word passes the test.
  public Optional<T> choice(Predicate<String> test) {
    return Arrays.stream(type.getEnumConstants()).filter(one -> test.test(word(one))).findFirst();
  }

  /// Whether a submission may have this value.
  public boolean allows(Object value) {
    return type.isInstance(value) && allowed.test(type.cast(value));
  }
}
