package dev.taskscheduler.task;

/// A call that is made once a task has ended. It is a task of its own, of type `callback`, made in
/// the same step as the end: so it is not lost, and is tried again like any other.
///
/// @param when upon which ends; a cancelled task calls nobody
/// @param url where to; ASCII without white space, quotes and backslashes
public record Callback(When when, String url) {
  /// The type of the task that makes the call.
  public static final String TYPE = "callback";

  public static final int LONGEST_URL = 2048;

  public Callback {
    if (url.length() > LONGEST_URL || !url.matches("https?://[!#-\\[\\]-~]+")) {
      throw new IllegalArgumentException("a URL of http or https in ASCII is needed");
    }
  }

  /// Upon which ends a call is made.
  public enum When {
    SUCCESS,
    FAILURE,
    BOTH
  }
}
