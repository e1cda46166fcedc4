package dev.taskscheduler.handlers.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.handlers.wire.Problem;
import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Holds the bodies of one connection's requests to a least rate: a client that is slower is
/// answered 408, and its connection is closed. Only the time counts in which this node waits for
/// the client. For one thread, that of the connection.
public final class BodyPace {
  /// A body that comes within this time may be as slow as it likes.
  public static final Duration GRACE = Duration.ofSeconds(5);

  /// Bytes in a second, beyond that time.
  static final int LEAST_RATE = 1024;

  private static final long NANOS = Duration.ofSeconds(1).toNanos();

  private final RequestDeadline deadline;
  private final ConnectionContext connection;
  private long arrived; // bytes of this body that were waited for
  private long waited; // nanoseconds
  private boolean answered;

  BodyPace(RequestDeadline deadline, ConnectionContext connection) {
    this.deadline = deadline;
    this.connection = connection;
  }

  /// A body begins.
  void begin() {
    arrived = 0;
    waited = 0;
    answered = false;
  }

  /// The request is answered, and what is left of its body is thrown away.
  void answered() {
    answered = true;
  }

  /// Waits for more of the body.
  ///
  /// @throws BadFraming if the client is too slow
  /// @throws ClientGone if it has sent nothing in time; it was answered then
  byte @Nullable [] read(Supplier<byte @Nullable []> socket) {
    long allowed = GRACE.toNanos() + arrived * (NANOS / LEAST_RATE) - waited;
    if (allowed <= 0) {
      throw BadFraming.tooSlow();
    }
    long from = System.nanoTime();
    deadline.awaitPeer(Duration.ofNanos(allowed), this::tell);
    byte[] bytes;
    try {
      bytes = socket.get();
    } catch (ClientGone e) {
      deadline.peerCame();
      throw e;
    }
    if (!deadline.peerCame()) {
      throw new ClientGone(null);
    }
    waited += System.nanoTime() - from;
    arrived += bytes == null ? 0 : bytes.length;
    return bytes;
  }

  /// The answer to a client that sends nothing. The connection's own thread is in the middle of a
  /// read, which can only be ended by closing the socket; over TLS only one thread may write.
  private void tell() {
    if (answered || connection.isSecure()) {
      return;
    }
    byte[] body = Problem.of(BadFraming.tooSlow().status(), BadFraming.TOO_SLOW).json();
    String head =
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %s\r\n\r\n"
            .formatted(Problem.MEDIA_TYPE, body.length);
    try {
      connection
          .dataWriter()
          .writeNow(BufferData.create(head.getBytes(ISO_8859_1)), BufferData.create(body));
    } catch (RuntimeException e) {
      // it is gone: there is nobody to answer
    }
  }
}
