package dev.taskscheduler.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where Redis is and how to log in to it.
///
/// @param host a name or an address, without brackets
/// @param port 1 to 65535
/// @param user the ACL user; empty for the default one
/// @param password empty where none is needed
/// @param database 0 to 999; more than 0 is refused by a Redis Cluster
/// @param tls whether the connection is encrypted and the certificate and host name are checked
public record RedisConfig(
    String host,
    int port,
    Optional<String> user,
    Optional<String> password,
    int database,
    boolean tls) {
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:/@\\[\\]]+)(?::(\\d{1,5}))?");
  private static final int DEFAULT_PORT = 6379;

  /// Reads `host:port` (port 6379 when left out; IPv6 in brackets) or a `redis://` or `rediss://`
  /// URI with `user:password@` and `/database`.
  ///
  /// @throws IllegalArgumentException that says what is allowed and never repeats a password
  public static RedisConfig parse(String address) {
    String text = address.strip();
    return text.contains("://") ? parseUri(text) : parseHostPort(text);
  }

  private static RedisConfig parseHostPort(String text) {
    var matcher = HOST_PORT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "host:port, or redis://[user:password@]host:port[/database], or rediss://...");
    }
    int port = matcher.group(2) == null ? DEFAULT_PORT : port(Integer.parseInt(matcher.group(2)));
    return new RedisConfig(
        unbracketed(matcher.group(1)), port, Optional.empty(), Optional.empty(), 0, false);
  }

  private static RedisConfig parseUri(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("a URI such as redis://user:password@host:6379/0", e);
    }
    boolean tls = "rediss".equals(uri.getScheme());
    if (!tls && !"redis".equals(uri.getScheme())) {
      throw new IllegalArgumentException(
          "the scheme redis:// or rediss://, was " + uri.getScheme() + "://");
    }
    if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "a URI such as redis://user:password@host:6379/0, without query or fragment");
    }
    Optional<String> user = Optional.empty();
    Optional<String> password = Optional.empty();
    if (uri.getRawUserInfo() != null) {
      String[] parts = uri.getRawUserInfo().split(":", 2);
      user = Optional.of(decode(parts[0])).filter(u -> !u.isEmpty());
      password =
          parts.length < 2
              ? Optional.empty()
              : Optional.of(decode(parts[1])).filter(p -> !p.isEmpty());
      if (user.isPresent() && password.isEmpty()) {
        throw new IllegalArgumentException(
            "a password after the user: redis://user:password@host:6379/0");
      }
    }
    int port = uri.getPort() == -1 ? DEFAULT_PORT : port(uri.getPort());
    return new RedisConfig(
        unbracketed(uri.getHost()), port, user, password, database(uri.getRawPath()), tls);
  }

  private static int database(String path) {
    if (path == null || path.isEmpty() || path.equals("/")) {
      return 0;
    }
    if (!path.matches("/\\d{1,3}")) {
      throw new IllegalArgumentException("a database number from 0 to 999 after the slash");
    }
    return Integer.parseInt(path.substring(1));
  }

  private static int port(int port) {
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
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return (tls ? "rediss://" : "redis://")
        + user.map(u -> u + "@").orElse("")
        + shown
        + ":"
        + port
        + "/"
        + database;
  }
}
