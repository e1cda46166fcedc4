package dev.taskscheduler.handlers;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Helidon's HTTP/1.1, with [ConnectionBytes] between the socket and its reader (ADR 8).
final class FramedHttp1 implements ServerConnectionSelector {
  private final Http1ConnectionSelector http1;
  private final int maxFirstLine;
  private final int maxHead;

  /// @param deadline begins with each request
  FramedHttp1(Http1Config config, RequestDeadline deadline) {
    Http1Config listened =
        Http1Config.builder(config).addReceiveListener(new AfterHeaders(deadline)).build();
    http1 = Http1ConnectionSelector.builder().config(listened).build();
    maxFirstLine = config.maxPrologueLength();
    maxHead = maxFirstLine + config.maxHeadersSize();
  }

  @Override
  public ServerConnection connection(ConnectionContext ctx) {
    ConnectionBytes bytes = new ConnectionBytes(() -> read(ctx), maxFirstLine, maxHead);
    return http1.connection(new FramedContext(ctx, bytes));
  }

  /// From the socket, as Helidon's own reader does, which has read nothing yet: with one selector
  /// there is nothing to choose by.
  private static byte @Nullable [] read(ConnectionContext ctx) {
    try {
      return ctx.serverSocket().get();
    } catch (UncheckedIOException e) {
      throw new ClientGone(e);
    }
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  /// Looks at the headers of each request before Helidon reads its body. The one listener of a
  /// connection: Helidon 4.5.0 tells none of several.
  private static final class AfterHeaders implements Http1ConnectionListener {
    /// So much of a body is read before it is refused: to close the connection under a client that
    /// still sends may cost it the answer.
    private static final int LITTLE = 64 * 1024;

    private final RequestDeadline deadline;

    AfterHeaders(RequestDeadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public void prologue(ConnectionContext ctx, HttpPrologue prologue) {
      deadline.begun();
    }

    @Override
    public void headers(ConnectionContext ctx, Headers headers) {
      boolean chunked = headers.contains(HeaderNames.TRANSFER_ENCODING);
      if (!chunked && !headers.contains(HeaderNames.CONTENT_ENCODING)) {
        return; // nearly always
      }
      ConnectionBytes bytes = ((FramedContext) ctx).bytes();
      if (chunked) {
        if (bytes.isHttp10()) { // it knows no such header (RFC 9112, section 6.1)
          throw refused(Status.BAD_REQUEST_400);
        }
        bytes.chunked(
            ctx.listenerContext().config().maxPayloadSize()); // Helidon refuses every other coding
      }
      if (headers.contains(HeaderNames.CONTENT_ENCODING)) {
        refuseEncoded(bytes, headers);
      }
    }

    private static void refuseEncoded(ConnectionBytes bytes, Headers headers) {
      long length = ContentLength.NONE;
      try {
        length = headers.contentLength().orElse(ContentLength.NONE);
      } catch (IllegalArgumentException e) {
        return; // which Helidon refuses
      }
      if (length == 0 || length < 0 && !headers.contains(HeaderNames.TRANSFER_ENCODING)) {
        return; // nothing is encoded
      }
      if (length <= LITTLE && !headers.contains(HeaderValues.EXPECT_100)) {
        bytes.reader().skip((int) Math.max(0, length));
      }
      throw refused(Status.UNSUPPORTED_MEDIA_TYPE_415);
    }

    /// Helidon answers, and closes the connection.
    private static RequestException refused(Status status) {
      return RequestException.builder()
          .type(DirectHandler.EventType.BAD_REQUEST)
          .status(status)
          .setKeepAlive(false)
          .message("refused by its headers")
          .build();
    }
  }
}
