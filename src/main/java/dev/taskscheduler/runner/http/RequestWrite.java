package dev.taskscheduler.runner.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/// Writes one request. A target may respond before it has read the whole body, and then close the
/// connection or stop reading. So that its response is not lost, a write error is stored until the
/// response was read, and a large body is written by a thread of its own.
final class RequestWrite {
  private static final int INLINE_BYTES = 8 << 10; // any socket buffers so many
  private static final Duration JOIN_TIMEOUT = Duration.ofMillis(20);

  private final ClassicHttpRequest request;
  private final Connection connection;
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private @Nullable Thread thread;

  RequestWrite(ClassicHttpRequest request, Connection connection) {
    this.request = request;
    this.connection = connection;
  }

  void start() {
    if (request.getEntity() == null || request.getEntity().getContentLength() <= INLINE_BYTES) {
      write();
    } else {
      thread = Thread.ofVirtual().name("http-write").start(this::write);
    }
  }

  private void write() {
    try {
      connection.http().sendRequestHeader(request);
      if (request.getEntity() != null) {
        connection.http().sendRequestEntity(request);
      }
      connection.http().flush();
    } catch (IOException e) {
      failure.set(e); // the response may give the reason
    } catch (HttpException | RuntimeException e) {
      failure.set(new IOException("the request was not written: " + e.getMessage(), e));
      connection.drop(); // no response will come
    }
  }

  /// Why it was not fully written; empty if it was, or is still being written.
  Optional<IOException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /// Whether all of it was written.
  boolean done() {
    return ended() && failure.get() == null;
  }

  private boolean ended() {
    try {
      return thread == null || thread.join(JOIN_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
