package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// A request to send, without the headers that name the task.
///
/// @param method in capitals
/// @param url absolute, `http` or `https`, with a host
/// @param headers by name, without those of [TaskHeaders#owned]
/// @param body empty for none; must not be changed
/// @param timeout for the whole exchange; the sender's own where that is less
public record OutboundRequest(
    String method, URI url, Map<String, String> headers, byte[] body, Duration timeout) {
  public OutboundRequest {
    headers = Map.copyOf(headers);
    if (TargetUrl.host(url).isEmpty()
        || !secure(url) && !"http".equalsIgnoreCase(url.getScheme())) {
      throw new IllegalArgumentException("not an http or https URL with a host");
    }
  }

  /// The target of a request.
  ///
  /// @param secure whether TLS is used
  /// @param host in lower case; an IPv6 address without brackets
  record Origin(boolean secure, String host, int port) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /// The value of the header `Host`.
    String authority() {
      String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
      return port == (secure ? HTTPS : HTTP) ? name : name + ":" + port;
    }

    /// The URL without path and query, which may hold secrets.
    @Override
    public String toString() {
      return (secure ? "https://" : "http://") + authority();
    }
  }

  /// The host of a target: in lower case; a name without the dot at its end, an IPv6 address
  /// without brackets.
  static String host(URI target) {
    String host = TargetUrl.host(target).orElseThrow().toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      return host.substring(1, host.length() - 1);
    }
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  Origin origin() {
    String host = host(url);
    boolean secure = secure(url);
    int explicitPort = TargetUrl.port(url);
    int port = explicitPort > 0 ? explicitPort : secure ? Origin.HTTPS : Origin.HTTP;
    return new Origin(secure, host, port);
  }

  /// The path and the query.
  String path() {
    URI ascii = URI.create(url.toASCIIString());
    String path = ascii.getRawPath() == null ? "" : ascii.getRawPath();
    return (path.isEmpty() ? "/" : path)
        + (ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery());
  }

  private static boolean secure(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }
}
