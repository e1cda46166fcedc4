package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Refuses requests that a browser sends for a page of another site. These are a request with a
/// foreign `Origin` (except for the dashboard's files, so that the page itself can say what is
/// wrong behind a proxy that changes `Host`), a change that the browser marks as cross-site, and,
/// against DNS rebinding, a foreign `Host`. Names are checked where only this machine reaches the
/// port, and where names were configured. Programs send neither `Origin` nor `Sec-Fetch-Site`.
public final class OriginFilter implements Filter {
  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]");

  /// No site can make an address its name.
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[[0-9a-f:.]+]");

  private static final Problem FOREIGN_ORIGIN =
      Problem.named(
          "foreign-origin",
          "A page of another origin may not call this node",
          Status.FORBIDDEN_403,
          "A browser sent this request for a page of another origin. To allow that page, add its origin to"
              + " API_ALLOWED_ORIGINS.");
  private static final Problem FOREIGN_HOST =
      Problem.named(
          "foreign-host",
          "The Host header names another host",
          Status.FORBIDDEN_403,
          "The Host header names another host. Call the node as localhost or by its address, or name"
              + " this host in API_ALLOWED_HOSTS.");

  private final OriginRules rules;
  private final boolean loopback;
  private final boolean named;
  private final Set<String> schemes;

  /// @param loopback whether only this machine reaches the port
  /// @param encrypted whether the port speaks TLS
  public OriginFilter(OriginRules rules, boolean loopback, boolean encrypted) {
    this.rules = rules;
    this.loopback = loopback;
    boolean proxied = !loopback || !rules.hosts().isEmpty(); // maybe, and by TLS
    this.schemes = encrypted ? Set.of("https") : proxied ? Set.of("http", "https") : Set.of("http");
    this.named = !rules.anyHost() && (loopback || !rules.hosts().isEmpty());
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest req, RoutingResponse res) {
    ServerRequestHeaders headers = req.headers();
    if (named && !isKnown(host(headers))) {
      Responses.refuse(req, res, FOREIGN_HOST);
    } else if (!PublicEndpoints.isDashboard(req.path().path())
        && isForeign(headers, req.prologue().method())) {
      Responses.refuse(req, res, FOREIGN_ORIGIN);
    } else {
      chain.proceed();
    }
  }

  /// In lower case. Helidon has refused a request without one, or with two (RFC 9112, section 3.2).
  private static String host(ServerRequestHeaders headers) {
    return headers.contains(HeaderNames.HOST)
        ? headers.get(HeaderNames.HOST).get().toLowerCase(Locale.ROOT)
        : "";
  }

  private boolean isKnown(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return name.equals("localhost") // nearly always
        || LOOPBACK.matcher(name).matches()
        || rules.hosts().contains(name)
        || !loopback && ADDRESS.matcher(name).matches();
  }

  private boolean isForeign(ServerRequestHeaders headers, Method method) {
    if (headers.contains(HeaderNames.ORIGIN)) {
      Header header = headers.get(HeaderNames.ORIGIN);
      String origin = header.get().toLowerCase(Locale.ROOT);
      if (header.valueCount() == 1 && rules.origins().contains(origin)) {
        return false;
      }
      if (header.valueCount() != 1 || !isOwn(origin, host(headers))) {
        return true;
      }
    }
    return headers.contains(FETCH_SITE)
        && !method.equals(Method.GET)
        && !method.equals(Method.HEAD)
        && !OWN_SITE.contains(headers.get(FETCH_SITE).get());
  }

  /// Whether the origin's host and port are those that the request was sent to. A `Host` without a
  /// port says the usual port of the origin's scheme, which a proxy that ends TLS may have.
  private boolean isOwn(String origin, String host) {
    int scheme = origin.indexOf("://");
    if (scheme < 0 || !schemes.contains(origin.substring(0, scheme))) {
      return false; // null, of a sandboxed frame or a file, is one of these
    }
    String usual = origin.startsWith("https:") ? ":443" : ":80";
    return withPort(usual, origin.substring(scheme + 3)).equals(withPort(usual, host));
  }

  private static String withPort(String usual, String authority) {
    return authority.lastIndexOf(':') > authority.lastIndexOf(']') ? authority : authority + usual;
  }
}
