package dev.taskscheduler.task;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// What a URL must be that a task asks, be it named by a payload or by a [Callback]. Whom it may
/// ask is judged when it is asked, by the node that does.
public final class TargetUrl {
  /// What is allowed, for people.
  public static final String RULE =
      "http or https, a host name of letters, digits, '-' and '.' (or an address), no user and"
          + " password";

  private static final int MOST_PORT = 65_535;

  private TargetUrl() {}

  /// @return empty if no request could be sent there
  public static Optional<URI> read(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      return Optional.empty(); // half of a surrogate pair has no form on the wire
    }
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean good =
          (scheme.equals("http") || scheme.equals("https"))
              && uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getHost().indexOf('%') < 0 // a zone of this machine
              && uri.getPort() != 0
              && uri.getPort() <= MOST_PORT;
      return good ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
