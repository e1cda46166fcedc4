package dev.taskscheduler.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A call to Redis that failed; says whether it may have happened.
public abstract sealed class RedisException extends RuntimeException {
  private RedisException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The connection broke or the answer did not come in time: the call may have happened, or happen
  /// later still.
  public static final class Unknown extends RedisException {
    public Unknown(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// No connection was to be had: the call did not happen.
  public static final class Unreachable extends RedisException {
    public Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// Redis answered with an error and did nothing.
  public static final class Refused extends RedisException {
    // Redis before 7 wraps the error of a command inside a script, and its code stands further on.
    private static final Pattern WRAPPED =
        Pattern.compile(
            "\\b(NOAUTH|NOPERM|READONLY|MISCONF|OOM|WRONGTYPE|MASTERDOWN|CLUSTERDOWN|NOREPLICAS)\\b");

    private final String code;

    public Refused(String message, Throwable cause) {
      super(message, cause);
      this.code = code(message);
    }

    private static String code(String message) {
      int space = message.indexOf(' ');
      String first = space < 0 ? message : message.substring(0, space);
      Matcher wrapped = WRAPPED.matcher(message);
      return first.equals("ERR") && wrapped.find() ? wrapped.group() : first;
    }

    /// The reply's code, its first word as a rule: `OOM`, `MISCONF`, `READONLY`, `LOADING`,
    /// `NOAUTH`, `WRONGPASS`, or a script's own.
    public String code() {
      return code;
    }
  }
}
