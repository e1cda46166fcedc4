package dev.taskscheduler.redis;

import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import redis.clients.jedis.exceptions.JedisException;

/// Explains why no connection to Redis was made.
final class ConnectFailure {
  private static final String CERTIFICATE_HINT =
      "if Redis requires a client certificate, set REDIS_TLS_CERT and REDIS_TLS_KEY";

  private ConnectFailure() {}

  /// @param config where the connection was to go
  static String of(Throwable failure, RedisConfig config) {
    Optional<Throwable> name = find(failure, UnknownHostException.class);
    if (name.isPresent()) {
      return "the host name has no address";
    }
    Optional<Throwable> tls = find(failure, SSLException.class);
    if (tls.isPresent()) {
      return "TLS: " + tls(message(tls.get()));
    }
    boolean hasIdentity = config.tls().flatMap(RedisTls::identity).isPresent();
    if (config.tls().isPresent() && !hasIdentity && hasEnded(failure)) {
      // Redis sends the reason, but it is lost where we were still sending.
      return "Redis ended the connection (" + message(failure) + "); " + CERTIFICATE_HINT;
    }
    return message(innermost(failure));
  }

  /// The cause of nested exceptions of Jedis.
  static Throwable innermost(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() instanceof JedisException inner) {
      cause = inner;
    }
    return cause;
  }

  private static boolean hasEnded(Throwable failure) {
    return find(failure, SocketException.class)
        .filter(e -> !(e instanceof ConnectException))
        .isPresent();
  }

  private static String tls(String message) {
    if (message.contains("certificate_required") || message.contains("bad_certificate")) {
      return message + "; " + CERTIFICATE_HINT;
    }
    if (message.contains("PKIX") || message.contains("certification path")) {
      return "the issuer of the certificate of Redis is not trusted: set REDIS_TLS_CA (%s)"
          .formatted(message);
    }
    return message;
  }

  /// Searches causes and suppressed exceptions: Jedis adds the error of each address as suppressed.
  private static Optional<Throwable> find(Throwable in, Class<?> type) {
    if (type.isInstance(in)) {
      return Optional.of(in);
    }
    return Stream.concat(Stream.ofNullable(in.getCause()), Stream.of(in.getSuppressed()))
        .flatMap(inner -> find(inner, type).stream())
        .findFirst();
  }

  static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
