package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.handlers.tls.Transport;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.WritableHeaders;
import java.util.List;

/// The security headers of every answer. They tell browsers to guess no type, to keep no copy, to
/// show it in no frame, to run nothing of it, and to tell no other site where the reader came from.
/// Over TLS: to come back over TLS alone. A page may carry a policy of its own, and be kept under
/// its tag.
public final class SecurityHeaders {
  static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");

  /// For a page that loads scripts and styles of this server. Swagger UI sets styles in elements.
  public static final Header PAGE_POLICY =
      HeaderValues.createCached(
          POLICY,
          "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'"
              + " data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
              + " 'none'");

  /// A copy may be kept, and is asked for by its tag before each use.
  public static final Header REVALIDATED =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");

  private static final Header NOTHING_LOADED =
      HeaderValues.createCached(POLICY, "default-src 'none'; frame-ancestors 'none'");
  private static final Header NO_STORE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");
  private static final Header NO_REFERRER =
      HeaderValues.createCached(HeaderNames.create("Referrer-Policy"), "no-referrer");
  private static final Header TLS_ONLY =
      HeaderValues.createCached(HeaderNames.STRICT_TRANSPORT_SECURITY, "max-age=31536000");

  private static final List<Header> PLAIN =
      List.of(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF, NOTHING_LOADED, NO_REFERRER);
  private static final List<Header> ENCRYPTED =
      List.of(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF, NOTHING_LOADED, NO_REFERRER, TLS_ONLY);

  private final Header[] all;

  /// A policy for a page of its own.
  public static Header policy(String text) {
    return HeaderValues.createCached(POLICY, text);
  }

  public SecurityHeaders(Transport transport) {
    all = (transport instanceof Transport.Encrypted ? ENCRYPTED : PLAIN).toArray(Header[]::new);
  }

  public void addTo(WritableHeaders<?> headers) {
    for (Header header : all) {
      headers.setIfAbsent(header);
    }
    headers.setIfAbsent(NO_STORE);
  }
}
