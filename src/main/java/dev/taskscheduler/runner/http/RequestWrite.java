package dev.taskscheduler.runner.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/// Writes one request. A target may answer before it has read the body, and then close, or read no
/// more of it: so that the answer is not lost, a failure to write is kept until the answer was
/// read, and a body that a socket may not take at once is written by a thread of its own.
final class RequestWrite {
  private static final int AT_ONCE = 8 << 10; // bytes that any socket takes without its peer
  private static final Duration LAST_STEPS = Duration.ofMillis(20);

  private final ClassicHttpRequest request;
  private final Connection connection;
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private @Nullable Thread thread;

  RequestWrite(ClassicHttpRequest request, Connection connection) {
    this.request = request;
    this.connection = connection;
  }

  void start() {
    if (request.getEntity() == null || request.getEntity().getContentLength() <= AT_ONCE) {
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
      failure.set(e); // the target may have said why
    } catch (HttpException | RuntimeException e) {
      failure.set(new IOException("the request was not written: " + e.getMessage(), e));
      connection.drop(); // nobody answers what was not asked
    }
  }

  /// Why it was not written to its end; empty if it was, or nobody knows yet.
  Optional<IOException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /// Whether all of it was written.
  boolean done() {
    return ended() && failure.get() == null;
  }

  private boolean ended() {
    try {
      return thread == null || thread.join(LAST_STEPS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
