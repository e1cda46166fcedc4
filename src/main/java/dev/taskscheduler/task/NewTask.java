package dev.taskscheduler.task;

import java.util.regex.Pattern;

/// A task that somebody asks for.
///
/// @param priority which queue it joins
/// @param type names the runner; known to this node
/// @param payload any JSON value, kept and handed on byte for byte; not to be changed after
/// @param options what is asked for beyond the usual
/// @param terms what is asked of the submission itself
public record NewTask(
    Priority priority, String type, byte[] payload, TaskOptions options, SubmitOptions terms) {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /// Whether a text has the form of a type.
  public static boolean isType(String text) {
    return TYPE.matcher(text).matches();
  }

  /// A task that is run as usual.
  public NewTask(Priority priority, String type, byte[] payload) {
    this(priority, type, payload, TaskOptions.NONE, SubmitOptions.NONE);
  }

  /// The same task, submitted under other terms.
  public NewTask terms(SubmitOptions other) {
    return new NewTask(priority, type, payload, options, other);
  }

  /// The same task with other options.
  public NewTask options(TaskOptions other) {
    return new NewTask(priority, type, payload, other, terms);
  }

  /// A task with options, submitted as usual.
  public NewTask(Priority priority, String type, byte[] payload, TaskOptions options) {
    this(priority, type, payload, options, SubmitOptions.NONE);
  }
}
