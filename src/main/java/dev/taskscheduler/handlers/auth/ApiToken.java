package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.handlers.wire.Paths;
import io.helidon.http.Method;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A token by its SHA-256, which is all that is kept of it. A fast hash is enough, since a token is
/// random and long: there is no list of likely ones to try, which is what slow hashes and salt are
/// for.
public final class ApiToken {
  private static final Set<Method> READING = Set.of(Method.GET, Method.HEAD);

  /// What the bearer of a token may do.
  enum Right {
    /// GET and HEAD of everything but the audit.
    READ,
    /// Submit, and ask where a task stands by its id: a submission whose outcome is unknown has to.
    SUBMIT,
    /// What Prometheus and probes ask for.
    METRICS,
    /// Everything.
    ALL;

    private static final Set<String> SUBMITS = Set.of("/submit", Paths.BATCH);
    private static final Set<String> STATUS = Set.of("/status");
    private static final Set<String> MEASURES = Set.of(Paths.METRICS, "/health");

    /// @param path decoded and normalized, as routes are matched
    boolean allows(Method method, String path) {
      boolean reads = READING.contains(method);
      if (reads && path.equals(Paths.TOKEN)) {
        return true;
      }
      return switch (this) {
        case READ ->
            reads && !path.equals(Paths.AUDIT)
                || method.equals(Method.POST) && path.equals(Paths.PREVIEW);
        case SUBMIT ->
            reads ? STATUS.contains(path) : method.equals(Method.POST) && SUBMITS.contains(path);
        case METRICS -> reads && MEASURES.contains(path);
        case ALL -> true;
      };
    }

    /// The answer to a bearer who wanted more.
    String limit() {
      return switch (this) {
        case READ ->
            "This token may only read (GET, HEAD and /schedules/preview), and not /audit; use a token with the right all.";
        case SUBMIT ->
            "This token may only submit tasks and call /status; use a token with the right read or all.";
        case METRICS ->
            "This token may only read /metrics and /health; use a token with the right read or all.";
        case ALL -> throw new IllegalStateException("may all");
      };
    }

    /// The narrowest right that would do, as a challenge names it.
    static String wanted(Method method, String path) {
      if (READ.allows(method, path)) {
        return "read";
      }
      return SUBMIT.allows(method, path) ? "submit" : "all";
    }

    /// Whether it covers all that can be read.
    boolean reads() {
      return this == READ || this == ALL;
    }
  }

  private final String name;
  private final Right right;
  private final byte[] digest;
  private final Set<String> types;
  private final Optional<Instant> expires;

  /// @param name for people
  /// @param digest the SHA-256 of the token's bytes
  /// @param types of tasks that it may submit and see; empty for all
  /// @param expires from when on it is not known any more
  ApiToken(String name, Right right, byte[] digest, Set<String> types, Optional<Instant> expires) {
    this.name = name;
    this.right = right;
    this.digest = digest.clone();
    this.types = Set.copyOf(types);
    this.expires = expires;
  }

  /// The one with this digest; empty if it is none of `tokens`. Takes as long for a digest that is
  /// nearly right as for any other, and compares with all of them.
  static Optional<ApiToken> find(List<ApiToken> tokens, byte[] digest) {
    Optional<ApiToken> found = Optional.empty();
    for (ApiToken token : tokens) {
      if (token.has(digest)) {
        found = Optional.of(token);
      }
    }
    return found;
  }

  boolean has(byte[] other) {
    return MessageDigest.isEqual(digest, other);
  }

  boolean expiredAt(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }

  String name() {
    return name;
  }

  Right right() {
    return right;
  }

  Optional<Instant> expires() {
    return expires;
  }

  Set<String> types() {
    return types;
  }

  @Override
  public String toString() {
    return name + " " + right;
  }
}
