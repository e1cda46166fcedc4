package dev.taskscheduler.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The host and port of a server.
///
/// @param host a name or an address, without brackets
/// @param port 1 to 65535
public record RedisAddress(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:/@\\[\\],]+)(?::(\\d{1,5}))?");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+|.*:.*");

  /// Reads `host:port`, with IPv6 in brackets.
  ///
  /// @param otherwise the port where none is given
  /// @param allowed what an exception says is allowed
  /// @throws IllegalArgumentException where it is none
  static RedisAddress parse(String text, int otherwise, String allowed) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(allowed);
    }
    String host = matcher.group(1);
    return new RedisAddress(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port(matcher.group(2), otherwise));
  }

  private static int port(@Nullable String digits, int otherwise) {
    int port = digits == null ? otherwise : Integer.parseInt(digits);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port from 1 to 65535, was " + port);
    }
    return port;
  }

  /// Whether the host is a name, which may lead elsewhere tomorrow.
  boolean isNamed() {
    return !NUMBERS.matcher(host).matches();
  }

  /// `host:port`, with IPv6 in brackets.
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
