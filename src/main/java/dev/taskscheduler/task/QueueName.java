package dev.taskscheduler.task;

import java.util.regex.Pattern;

/// The names of queues, and the patterns that stand for many of them.
public final class QueueName {
  /// The queue of a task whose submission names none.
  public static final String DEFAULT = "default";

  /// The queue of callbacks.
  public static final String CALLBACK = "callback";

  /// What a name must be, for people.
  public static final String RULE = "1 to 128 of letters, digits and . _ : -, not only dots";

  private static final Pattern NAME = Pattern.compile("(?!\\.+$)[A-Za-z0-9._:-]{1,128}");
  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9._:-]{0,127}\\*");

  private QueueName() {}

  /// Whether a text is the name of a queue.
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// Whether a text is a pattern: the beginning of names, then `*`.
  public static boolean isPattern(String text) {
    return PATTERN.matcher(text).matches();
  }
}
