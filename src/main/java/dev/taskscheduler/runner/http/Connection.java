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

/// A connection to a target: our socket, to an address that was checked, and HTTP/1.1 on it.
///
/// @param base the socket under TLS, or the socket itself
/// @param head bounds what is read of the heads of answers
/// @param sinceNanos when it was connected, by `System.nanoTime()`
record Connection(
    Origin origin,
    Socket base,
    DefaultBHttpClientConnection http,
    HeadLimit head,
    long sinceNanos) {
  private static final System.Logger LOG = System.getLogger(Connection.class.getName());

  /// Small buffers, since there may be ten thousand of them; and no line or header list without
  /// end.
  static final Http1Config LIMITS =
      Http1Config.custom()
          .setBufferSize(1024)
          .setMaxLineLength(16 * 1024)
          .setMaxHeaderCount(100)
          .setMaxEmptyLineCount(5)
          .build();

  private static final Http1Config TRAILER_LIMITS =
      Http1Config.custom().setMaxHeaderCount(9).build(); // it takes one less

  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
  private static final Timeout LOOK = Timeout.ofMilliseconds(1);

  /// HTTP/1.1, still to be bound to a socket.
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

  /// As httpcore5 has it, but lengths that are given more than once are one if they are equal (RFC
  /// 9110, section 8.6).
  private static long length(HttpMessage message) throws HttpException {
    if (message.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
      return DefaultContentLengthStrategy.INSTANCE.determineLength(message);
    }
    Set<String> given = new HashSet<>();
    for (Header header : message.getHeaders(HttpHeaders.CONTENT_LENGTH)) {
      for (String one : String.valueOf(header.getValue()).split(",", -1)) {
        given.add(one.strip());
      }
    }
    if (given.isEmpty()) {
      return ContentLengthStrategy.UNDEFINED;
    }
    String length = given.iterator().next();
    if (given.size() > 1 || !LENGTH.matcher(length).matches()) {
      throw new ProtocolException("Content-Length is no one number: " + given);
    }
    return Long.parseLong(length);
  }

  /// How many bytes have come from the target.
  long received() {
    return http.getEndpointDetails().getReceivedBytesCount();
  }

  /// Whether a kept connection may carry another exchange: it is open, and its target has said
  /// nothing that nobody asked for. Such bytes would be taken for the next answer.
  boolean quiet() {
    try {
      return !http.isDataAvailable(LOOK) && !http.isStale();
    } catch (IOException e) {
      LOG.log(DEBUG, () -> "kept connection was closed by target=" + origin, e);
      return false;
    }
  }

  /// Closes it at once, whatever is under way.
  void drop() {
    drop(base);
  }

  /// Closes a socket at once: nothing that is still to be sent is waited for.
  static void drop(Socket socket) {
    try (socket) {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      LOG.log(DEBUG, "a socket did not close cleanly", e);
    }
  }
}
