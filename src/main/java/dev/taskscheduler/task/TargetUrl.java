package dev.taskscheduler.task;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Checks the URLs that tasks may request, in payloads and in a [Callback]. Whom it may ask is
/// judged when it is asked, by the node that does.
public final class TargetUrl {
  /// What is allowed, for people.
  public static final String RULE =
      "http or https, a host name of the letters a to z, digits, '-', '_' and '.' (or an address:"
          + " four decimal numbers, or IPv6 in brackets; a name of other letters is written in its"
          + " xn-- form), no user and password";

  private static final int MOST_PORT = 65_535;

  /// The last label of what may be read as an address: `1`, `0x7f`. It is read in octal, in hex or
  /// as more than one byte by some readers, and by others not.
  private static final Pattern NUMBER = Pattern.compile("\\d+|0[xX][0-9A-Fa-f]*");

  private static final Pattern DOTTED_DECIMAL =
      Pattern.compile("(?:(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])(?:\\.|$)){4}(?<!\\.)");

  /// A name with `_`, which DNS knows and `java.net.URI` does not take for a host. Its last label
  /// begins with a letter or `_`, so that nothing reads it as a number.
  private static final Pattern UNDERSCORED =
      Pattern.compile("((?:[A-Za-z0-9_-]+\\.)*[A-Za-z_][A-Za-z0-9_-]*\\.?)(?::(\\d{0,5}))?");

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
              && host(uri).filter(TargetUrl::plain).isPresent()
              && uri.getUserInfo() == null
              && port(uri) != 0
              && port(uri) <= MOST_PORT;
      return good ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /// Whether all readers read this host in the same way: a name, four decimal bytes without leading
  /// zeros, or an IPv6 address (in brackets or not) without a zone.
  public static boolean plain(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (bare.indexOf('%') >= 0) { // begins a zone
      return false;
    }
    String end = bare.substring(bare.lastIndexOf(':') + 1);
    String named = end.endsWith(".") ? end.substring(0, end.length() - 1) : end;
    boolean numeric = NUMBER.matcher(named.substring(named.lastIndexOf('.') + 1)).matches();
    boolean inIpv6 = end.length() < bare.length();
    return !numeric || (inIpv6 && end.indexOf('.') < 0) || DOTTED_DECIMAL.matcher(end).matches();
  }

  /// The host, as it is written; empty if there is none that could be asked.
  public static Optional<String> host(URI uri) {
    return uri.getHost() != null
        ? Optional.of(uri.getHost())
        : underscored(uri).map(parts -> parts.group(1));
  }

  /// The port; -1 where none is written.
  public static int port(URI uri) {
    return uri.getHost() != null
        ? uri.getPort()
        : underscored(uri)
            .map(parts -> parts.group(2))
            .filter(port -> !port.isEmpty())
            .map(Integer::parseInt)
            .orElse(-1);
  }

  private static Optional<Matcher> underscored(URI uri) {
    return Optional.ofNullable(uri.getRawAuthority())
        .filter(authority -> authority.indexOf('_') >= 0)
        .map(UNDERSCORED::matcher)
        .filter(Matcher::matches);
  }
}
