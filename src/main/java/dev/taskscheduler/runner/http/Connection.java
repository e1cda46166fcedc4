package dev.taskscheduler.runner.http;

import static java.lang.System.Logger.Level.DEBUG;

import dev.taskscheduler.runner.http.OutboundRequest.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.Timeout;

/// A connection to a target: a socket to an address that was checked, and HTTP/1.1 on it.
///
/// @param base the socket under TLS, or the socket itself
/// @param head limits the heads of responses
/// @param connectedAtNanos by `System.nanoTime()`
record Connection(
    Origin origin,
    Socket base,
    DefaultBHttpClientConnection http,
    HeadLimit head,
    long connectedAtNanos) {
  private static final System.Logger LOG = System.getLogger(Connection.class.getName());

  /// Small buffers, since there may be ten thousand of them, and limits on lines and headers.
  static final Http1Config LIMITS =
      Http1Config.custom()
          .setBufferSize(1024)
          .setMaxLineLength(16 * 1024)
          .setMaxHeaderCount(100)
          .setMaxEmptyLineCount(5)
          .build();

  private static final Http1Config TRAILER_LIMITS =
      Http1Config.custom().setMaxHeaderCount(9).build(); // it reads one less

  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
  private static final Timeout POLL = Timeout.ofMilliseconds(1);

  /// Creates an HTTP/1.1 connection that is not bound to a socket yet.
  static DefaultBHttpClientConnection unbound(HeadLimit head) {
    return new DefaultBHttpClientConnection(
        LIMITS, null, null, Connection::length, null, null, head::parser) {
      @Override
      protected InputStream createContentInputStream(
          long length, SessionInputBuffer buffer, InputStream in) {
        return length == ContentLengthStrategy.CHUNKED
            ? new ChunkedInputStream(new ShortLines(buffer), in, TRAILER_LIMITS)
            : super.createContentInputStream(length, buffer, in);
      }
    };
  }

  /// The length of a body as httpcore5 determines it, but equal lengths that are sent more than
  /// once count as one (RFC 9110, section 8.6).
  private static long length(HttpMessage message) throws HttpException {
    if (message.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
      return DefaultContentLengthStrategy.INSTANCE.determineLength(message);
    }
    Set<String> values = new HashSet<>();
    for (Header header : message.getHeaders(HttpHeaders.CONTENT_LENGTH)) {
      for (String value : String.valueOf(header.getValue()).split(",", -1)) {
        values.add(value.strip());
      }
    }
    if (values.isEmpty()) {
      return ContentLengthStrategy.UNDEFINED;
    }
    String length = values.iterator().next();
    if (values.size() > 1 || !LENGTH.matcher(length).matches()) {
      throw new ProtocolException("Content-Length is not a single number: " + values);
    }
    return Long.parseLong(length);
  }

  /// How many bytes were received from the target.
  long received() {
    return http.getEndpointDetails().getReceivedBytesCount();
  }

  /// Whether an idle connection may carry another request: it is open, and its target has sent
  /// nothing since the last response. Such bytes would be taken for the next response.
  boolean quiet() {
    try {
      return !http.isDataAvailable(POLL) && !http.isStale();
    } catch (IOException e) {
      LOG.log(DEBUG, () -> "idle connection was closed by target=" + origin, e);
      return false;
    }
  }

  /// Closes it at once, also in the middle of an exchange.
  void drop() {
    drop(base);
  }

  /// Closes a socket at once, without waiting for unsent bytes.
  static void drop(Socket socket) {
    try (socket) {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      LOG.log(DEBUG, "the socket did not close cleanly", e);
    }
  }
}
