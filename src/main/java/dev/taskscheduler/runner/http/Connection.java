package dev.taskscheduler.runner.http;

import static java.lang.System.Logger.Level.DEBUG;

import dev.taskscheduler.runner.http.HttpCall.Origin;
import java.io.IOException;
import java.net.Socket;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.util.Timeout;

/// A connection to a target: our socket, to an address that was checked, and HTTP/1.1 on it.
///
/// @param base the socket under TLS, or the socket itself
/// @param sinceNanos when it was connected, by `System.nanoTime()`
record Connection(Origin origin, Socket base, DefaultBHttpClientConnection http, long sinceNanos) {
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

  private static final Timeout LOOK = Timeout.ofMilliseconds(1);

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
