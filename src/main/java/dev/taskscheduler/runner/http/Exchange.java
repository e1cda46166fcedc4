package dev.taskscheduler.runner.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP exchange and its deadline. A thread that waits inside a socket is told by closing that
/// socket under it; a timeout for each read would not do, since a target may send a byte a second.
final class Exchange {
  private final long startNanos = System.nanoTime();
  private final Duration timeout;

  @GuardedBy("this")
  private @Nullable Socket socket;

  @GuardedBy("this")
  private boolean over;

  Exchange(Duration timeout) {
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  /// What is left of `part`, which began at `sinceNanos`, and of the whole; at least a millisecond:
  /// 0 would be no limit to a socket.
  int millisLeft(long sinceNanos, Duration part) {
    long now = System.nanoTime();
    long left =
        Math.min(part.toNanos() - (now - sinceNanos), timeout.toNanos() - (now - startNanos));
    return (int) Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 1, Integer.MAX_VALUE);
  }

  /// Names the socket that is closed when the time is over.
  ///
  /// @throws SocketException if it is over
  synchronized void uses(Socket used) throws SocketException {
    if (over) {
      throw new SocketException("the time is over");
    }
    socket = used;
  }

  /// To be called when nothing is to be closed any more.
  ///
  /// @return false if the time was over first: the socket is closed, or soon will be
  synchronized boolean end() {
    socket = null;
    return !over;
  }

  synchronized boolean over() {
    return over;
  }

  /// The time is over.
  void expire() {
    Socket used;
    synchronized (this) {
      over = true;
      used = socket;
    }
    if (used != null) {
      Connection.drop(used);
    }
  }

  /// @throws IOException if the time is over
  void check() throws IOException {
    if (over()) {
      throw new SocketException("the time is over");
    }
  }
}
