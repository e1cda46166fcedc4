package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// A request that is to be sent, without what says which task it is of.
///
/// @param method in capitals
/// @param url absolute, `http` or `https`, with a host
/// @param headers by name; none of those that [TaskHeaders#owned] names
/// @param body empty for none; not to be changed after
/// @param timeout for all of it; the sender's own where that is less
public record OutboundRequest(
    String method, URI url, Map<String, String> headers, byte[] body, Duration timeout) {
  public OutboundRequest {
    headers = Map.copyOf(headers);
    if (TargetUrl.host(url).isEmpty()
        || !secure(url) && !"http".equalsIgnoreCase(url.getScheme())) {
      throw new IllegalArgumentException("no http or https URL with a host");
    }
  }

  /// Who is asked.
  ///
  /// @param secure whether by TLS
  /// @param host in lower case, an address of IPv6 without its brackets
  record Origin(boolean secure, String host, int port) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /// As the header `Host` has it.
    String authority() {
      String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
      return port == (secure ? HTTPS : HTTP) ? name : name + ":" + port;
    }

    /// Without what may be secret in a URL.
    @Override
    public String toString() {
      return (secure ? "https://" : "http://") + authority();
    }
  }

  Origin origin() {
    String host = TargetUrl.host(url).orElseThrow().toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    boolean secure = secure(url);
    int given = TargetUrl.port(url);
    int port = given > 0 ? given : secure ? Origin.HTTPS : Origin.HTTP;
    return new Origin(secure, host, port);
  }

  /// What stands between the origin and the fragment.
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
