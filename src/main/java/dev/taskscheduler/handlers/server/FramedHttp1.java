package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.wire.ContentLength;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
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
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Helidon's HTTP/1.1, with [ConnectionBytes] between the socket and its reader (ADR 8).
///
/// When a connection is closed in the middle of a body, a little more of it is read first: closed
/// over unread bytes, it may cost the client the answer.
public final class FramedHttp1 implements ServerConnectionSelector {
  /// So much of a refused body is read, and no more.
  public static final int LITTLE = 64 * 1024;

  /// So long it is waited for.
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Http1ConnectionSelector http1;
  private final RequestDeadline deadline;
  private final int maxFirstLine;
  private final int maxHead;

  /// @param deadline begins with each request
  /// @param maxBody bytes of a body in chunks
  public FramedHttp1(Http1Config config, RequestDeadline deadline, long maxBody) {
    Http1Config listened =
        Http1Config.builder(config).addReceiveListener(new AfterHeaders(deadline, maxBody)).build();
    this.deadline = deadline;
    http1 = Http1ConnectionSelector.builder().config(listened).build();
    maxFirstLine = config.maxPrologueLength();
    maxHead = maxFirstLine + config.maxHeadersSize();
  }

  @Override
  public ServerConnection connection(ConnectionContext ctx) {
    BodyPace pace = new BodyPace(deadline, ctx);
    ConnectionBytes bytes = new ConnectionBytes(() -> read(ctx), pace, maxFirstLine, maxHead);
    DataWriter writer = new PacedWriter(ctx.dataWriter(), deadline, pace);
    return new Framed(http1.connection(new FramedContext(ctx, bytes, writer)), bytes);
  }

  private void discard(ConnectionBytes bytes) {
    deadline.awaitPeer(LINGER, () -> {});
    try {
      bytes.discard(LITTLE);
    } catch (RuntimeException e) {
      // it is closed already
    } finally {
      deadline.peerCame();
    }
  }

  /// A connection that reads a little more before it is closed.
  final class Framed implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection connection;
    private final ConnectionBytes bytes;

    private Framed(ServerConnection connection, ConnectionBytes bytes) {
      this.connection = connection;
      this.bytes = bytes;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      try {
        connection.handle(limit);
      } finally {
        if (bytes.isInBody()) {
          discard(bytes);
        }
      }
    }

    /// Whether the first line of a request has been read, and not all of its headers.
    boolean isInHead() {
      return bytes.isInHead();
    }

    @Override
    public boolean canInterrupt() {
      return connection instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      connection.close(interrupt);
    }
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
    private final RequestDeadline deadline;
    private final long maxBody;

    AfterHeaders(RequestDeadline deadline, long maxBody) {
      this.deadline = deadline;
      this.maxBody = maxBody;
    }

    @Override
    public void prologue(ConnectionContext ctx, HttpPrologue prologue) {
      deadline.begun();
      ((FramedContext) ctx).bytes().head(true);
    }

    @Override
    public void headers(ConnectionContext ctx, Headers headers) {
      deadline.headRead();
      ((FramedContext) ctx).bytes().head(false);
      boolean chunked = headers.contains(HeaderNames.TRANSFER_ENCODING);
      if (headers.contains(HeaderNames.CONTENT_LENGTH)) {
        ((FramedContext) ctx).bytes().withLength(ContentLength.of(headers));
      }
      if (!chunked && !headers.contains(HeaderNames.CONTENT_ENCODING)) {
        return; // nearly always
      }
      ConnectionBytes bytes = ((FramedContext) ctx).bytes();
      if (chunked) {
        if (bytes.isHttp10()) { // it knows no such header (RFC 9112, section 6.1)
          throw refused(Status.BAD_REQUEST_400);
        }
        bytes.chunked(maxBody); // Helidon refuses every other coding
      }
      if (headers.contains(HeaderNames.CONTENT_ENCODING)) {
        refuseEncoded(bytes, headers);
      }
    }

    private static void refuseEncoded(ConnectionBytes bytes, Headers headers) {
      long length = ContentLength.of(headers);
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
