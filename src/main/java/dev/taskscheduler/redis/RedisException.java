package dev.taskscheduler.redis;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A failed call to Redis. The type says whether the call may have taken effect.
public abstract sealed class RedisException extends RuntimeException {
  private RedisException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The exception for an error reply.
  static RedisException of(String reply, Throwable cause) {
    return reply.contains(IN_SCRIPT) && !BEFORE_WRITES.contains(codeOf(reply))
        ? new Raised(reply, cause)
        : new Refused(reply, cause);
  }

  /// Redis adds this to an error inside a running script. A script's own error replies lack it.
  private static final String IN_SCRIPT = "user_script:";

  /// Errors that only the first write of a script can meet: after it the script may finish.
  private static final Set<String> BEFORE_WRITES =
      Set.of("OOM", "MISCONF", "READONLY", "NOREPLICAS");

  /// Errors of a server that cannot serve now: it was demoted, is loading, hangs in a script, or
  /// has lost its cluster or the slot. The address may lead to another server by now.
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
          "BUSY",
          "UNKILLABLE",
          "NOAUTH");

  /// Whether the address should be looked up again after this error reply.
  static boolean isOfOtherServer(String reply) {
    return OTHER_SERVER.contains(codeOf(reply));
  }

  // Errors of a command inside a script have no code in a Cluster.
  private static final String NOT_LOCAL = "Script attempted to access a non local key";
  private static final String CLUSTER_DOWN = "while the cluster is down";
  private static final String NOT_ALLOWED = "The user executing the script can't"; // before 7.2
  private static final String ACL_FAILURE = "ACL failure in script"; // from 7.2 on, and in Valkey

  // Redis before 7 wraps the error of a command inside a script, so its code is not the first word.
  private static final Pattern WRAPPED =
      Pattern.compile(
          "\\b(NOAUTH|NOPERM|READONLY|MISCONF|OOM|WRONGTYPE|MASTERDOWN|CLUSTERDOWN|NOREPLICAS)\\b");

  private static String codeOf(String reply) {
    if (reply.contains(NOT_ALLOWED) || reply.contains(ACL_FAILURE)) {
      return "NOPERM";
    }
    if (reply.contains(NOT_LOCAL)) {
      return "ASK"; // of a slot that moves: a key has already gone
    }
    if (reply.contains(CLUSTER_DOWN)) {
      return "CLUSTERDOWN";
    }
    int space = reply.indexOf(' ');
    String first = space < 0 ? reply : reply.substring(0, space);
    Matcher wrapped = WRAPPED.matcher(reply);
    return first.equals("ERR") && wrapped.find() ? wrapped.group() : first;
  }

  /// The connection broke or the reply did not come in time: the call may have taken effect, or may
  /// take effect later.
  public static final class Unknown extends RedisException {
    public Unknown(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// No connection could be made: the call did not happen.
  public static final class Unreachable extends RedisException {
    public Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// Redis replied with an error.
  public abstract static sealed class ErrorReply extends RedisException {
    private final String code;

    private ErrorReply(String message, Throwable cause) {
      super(message, cause);
      this.code = codeOf(message);
    }

    /// The code of the error, usually the first word of the reply: `OOM`, `MISCONF`, `READONLY`,
    /// `LOADING`, `NOAUTH`, `NOPERM`, `WRONGTYPE`, or a script's own.
    public String code() {
      return code;
    }
  }

  /// Redis replied with an error and did nothing.
  public static final class Refused extends ErrorReply {
    public Refused(String message, Throwable cause) {
      super(message, cause);
    }

    /// Redis is available, but a right is missing.
    static Refused missingRight(String message) {
      return new Refused("NOPERM " + message, new IllegalStateException(message));
    }

    /// Redis is available, but its data are of another version of this scheduler.
    static Refused otherFormat(String message) {
      return new Refused("FORMAT " + message, new IllegalStateException(message));
    }

    /// Whether another server, or this one a moment later, may accept the call.
    public boolean mayPass() {
      return OTHER_SERVER.contains(code()) && !code().equals("NOAUTH");
    }
  }

  /// A script failed in the middle, such as by a missing right: its writes so far stay, and the
  /// rest is not done.
  public static final class Raised extends ErrorReply {
    public Raised(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
