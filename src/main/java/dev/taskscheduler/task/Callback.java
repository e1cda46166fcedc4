package dev.taskscheduler.task;

/// The call that is made once a task has ended. It is a task of its own, of type `callback`, made
/// in the same step as the end: so it is not lost, and is tried again like any other.
public final class Callback {
  /// The type of the task that makes the call.
  public static final String TYPE = "callback";

  public static final int LONGEST_URL = 2048;
  static final String URL_RULE =
      "a URL: %s, at most %s characters of ASCII, no quotes, no backslash"
          .formatted(TargetUrl.RULE, LONGEST_URL);

  private Callback() {}

  /// Upon which ends a call is made; a cancelled task calls nobody.
  public enum When {
    SUCCESS,
    FAILURE,
    BOTH
  }

  /// Whether a callback may call this URL: it stands in a record's first line as it is.
  static boolean isUrl(String url) {
    return url.length() <= LONGEST_URL
        && url.matches("https?://[!#-\\[\\]-~]+")
        && TargetUrl.read(url).isPresent();
  }
}
