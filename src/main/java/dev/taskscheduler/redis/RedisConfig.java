package dev.taskscheduler.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The address of Redis and its login.
///
/// @param host a name or an address, without brackets
/// @param port 1 to 65535
/// @param user the ACL user; empty for the default one
/// @param password empty where none is needed
/// @param database 0 to 999; more than 0 is refused by a Redis Cluster
/// @param tls how the connection is encrypted; empty where it is not
public record RedisConfig(
    String host,
    int port,
    Optional<String> user,
    Optional<String> password,
    int database,
    Optional<RedisTls> tls) {
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:/@\\[\\]]+)(?::(\\d{1,5}))?");

  /// The part up to the last `@` is user and password.
  private static final Pattern URI_FORM =
      Pattern.compile("([^:/]*)://(?:(.*)@)?([^@/?#]*)(/[^@?#]*)?", Pattern.DOTALL);

  private static final Pattern ENCODED =
      Pattern.compile("(?:[^\\s/?#@\\[\\]%\\p{Cntrl}]|%[0-9a-fA-F]{2})*");
  private static final int DEFAULT_PORT = 6379;

  /// Reads `host:port` (port 6379 when left out; IPv6 in brackets) or a `redis://` or `rediss://`
  /// URI with `user:password@` and `/database`.
  ///
  /// @throws IllegalArgumentException that says what is allowed and never repeats a password
  public static RedisConfig parse(String text) {
    return parse(text, Optional.empty());
  }

  /// Reads an address whose password may be in a file; a URI then has only a user.
  ///
  /// @param filePassword the password from a file; empty where there is no file
  /// @throws IllegalArgumentException that says what is allowed and never repeats a password
  public static RedisConfig parse(String setting, Optional<String> filePassword) {
    String text = setting.strip();
    return text.contains("://") ? parseUri(text, filePassword) : parseHostPort(text, filePassword);
  }

  private static RedisConfig parseHostPort(String text, Optional<String> password) {
    var matcher = HOST_PORT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "host:port, or redis://[user:password@]host:port[/database], or rediss://...");
    }
    return new RedisConfig(
        unbracketed(matcher.group(1)),
        port(matcher.group(2)),
        Optional.empty(),
        password,
        0,
        Optional.empty());
  }

  /// Reads a URI without [java.net.URI], which accepts no host with an underscore.
  private static RedisConfig parseUri(String text, Optional<String> filePassword) {
    var uri = URI_FORM.matcher(text);
    var address = uri.matches() ? HOST_PORT.matcher(uri.group(3)) : null;
    if (address == null || !address.matches()) {
      throw new IllegalArgumentException(
          "a URI such as redis://user:password@host:6379/0, without query or fragment");
    }
    boolean tls = "rediss".equals(uri.group(1));
    if (!tls && !"redis".equals(uri.group(1))) {
      throw new IllegalArgumentException(
          "the scheme redis:// or rediss://, was " + uri.group(1) + "://");
    }
    Optional<String> user = Optional.empty();
    Optional<String> password = Optional.empty();
    if (uri.group(2) != null) {
      if (!ENCODED.matcher(uri.group(2)).matches()) {
        throw new IllegalArgumentException(
            "a password, and a user, with each of % / ? # @ [ ] and white space percent-encoded,"
                + " such as %40 for @");
      }
      String[] parts = uri.group(2).split(":", 2);
      user = Optional.of(decode(parts[0])).filter(name -> !name.isEmpty());
      password =
          parts.length < 2
              ? Optional.empty()
              : Optional.of(decode(parts[1])).filter(secret -> !secret.isEmpty());
      if (password.isPresent() && filePassword.isPresent()) {
        throw new IllegalArgumentException(
            "no password, since REDIS_PASSWORD_FILE is set: redis://user@host:6379/0");
      }
      if (user.isPresent() && password.isEmpty() && filePassword.isEmpty()) {
        throw new IllegalArgumentException(
            "a password after the user: redis://user:password@host:6379/0");
      }
    }
    return new RedisConfig(
        unbracketed(address.group(1)),
        port(address.group(2)),
        user,
        password.or(() -> filePassword),
        database(uri.group(4)),
        tls ? Optional.of(RedisTls.DEFAULT) : Optional.empty());
  }

  /// A copy with other TLS settings.
  public RedisConfig tls(RedisTls other) {
    return new RedisConfig(host, port, user, password, database, Optional.of(other));
  }

  private static int database(@Nullable String path) {
    if (path == null || path.isEmpty() || path.equals("/")) {
      return 0;
    }
    if (!path.matches("/\\d{1,3}")) {
      throw new IllegalArgumentException("a database number from 0 to 999 after the slash");
    }
    return Integer.parseInt(path.substring(1));
  }

  private static int port(@Nullable String digits) {
    int port = digits == null ? DEFAULT_PORT : Integer.parseInt(digits);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port from 1 to 65535, was " + port);
    }
    return port;
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// The address for messages and logs, without the password.
  @Override
  public String toString() {
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return (tls.isPresent() ? "rediss://" : "redis://")
        + user.map(name -> name + "@").orElse("")
        + bracketed
        + ":"
        + port
        + "/"
        + database;
  }
}
