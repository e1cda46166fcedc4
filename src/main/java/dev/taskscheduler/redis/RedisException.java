package dev.taskscheduler.redis;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A call to Redis that failed; says whether it may have happened.
public abstract sealed class RedisException extends RuntimeException {
  private RedisException(String message, Throwable cause) {
    super(message, cause);
  }

  /// What an error reply says about the call.
  static RedisException of(String reply, Throwable cause) {
    return reply.contains(IN_SCRIPT) && !BEFORE_WRITES.contains(codeOf(reply))
        ? new Raised(reply, cause)
        : new Refused(reply, cause);
  }

  /// Redis adds it to an error that a running script met; a script's own answers have none.
  private static final String IN_SCRIPT = "user_script:";

  /// Errors that Redis gives to a script's first write only: once it has written, it may finish.
  private static final Set<String> BEFORE_WRITES =
      Set.of("OOM", "MISCONF", "READONLY", "NOREPLICAS");

  /// A server that is not, or not yet, the one to ask: it was demoted, is loading, or has lost its
  /// cluster; the address may lead to another by now.
  private static final Set<String> OTHER_SERVER =
      Set.of(
          "READONLY",
          "MASTERDOWN",
          "LOADING",
          "NOREPLICAS",
          "CLUSTERDOWN",
          "MOVED",
          "ASK",
          "TRYAGAIN",
          "UNBLOCKED",
          "NOAUTH");

  /// Whether an error reply says that its server should be left and the address be looked up again.
  static boolean isOfOtherServer(String reply) {
    return OTHER_SERVER.contains(codeOf(reply));
  }

  private static final String NOT_ALLOWED = "The user executing the script can't";

  // Redis before 7 wraps the error of a command inside a script, and its code stands further on.
  private static final Pattern WRAPPED =
      Pattern.compile(
          "\\b(NOAUTH|NOPERM|READONLY|MISCONF|OOM|WRONGTYPE|MASTERDOWN|CLUSTERDOWN|NOREPLICAS)\\b");

  private static String codeOf(String reply) {
    if (reply.contains(NOT_ALLOWED)) {
      return "NOPERM"; // Redis before 7.2 gives no code
    }
    int space = reply.indexOf(' ');
    String first = space < 0 ? reply : reply.substring(0, space);
    Matcher wrapped = WRAPPED.matcher(reply);
    return first.equals("ERR") && wrapped.find() ? wrapped.group() : first;
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
    private final String code;

    public Refused(String message, Throwable cause) {
      super(message, cause);
      this.code = codeOf(message);
    }

    /// Redis answers, but a right is missing.
    static Refused missingRight(String what) {
      return new Refused("NOPERM " + what, new IllegalStateException(what));
    }

    /// Whether another server, or this one a moment later, may do what was refused.
    public boolean mayPass() {
      return OTHER_SERVER.contains(code) && !code.equals("NOAUTH");
    }

    /// The reply's code, its first word as a rule: `OOM`, `MISCONF`, `READONLY`, `LOADING`,
    /// `NOAUTH`, `WRONGPASS`, or a script's own.
    public String code() {
      return code;
    }
  }

  /// A script met an error in its middle, such as a right that is missing: what it wrote before
  /// stands, and what was to follow is not done.
  public static final class Raised extends RedisException {
    private final String code;

    public Raised(String message, Throwable cause) {
      super(message, cause);
      this.code = codeOf(message);
    }

    /// The code of the error that the script met: `NOPERM`, `WRONGTYPE`, or `ERR`.
    public String code() {
      return code;
    }
  }
}
