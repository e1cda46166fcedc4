package dev.taskscheduler.runner.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP exchange and its deadline. At the deadline the socket is closed, which ends the wait of
/// the thread that uses it. A read timeout would not suffice: a target may send a byte a second.
final class Exchange {
  private final long startNanos = System.nanoTime();
  private final Duration timeout;

  @GuardedBy("this")
  private @Nullable Socket socket;

  @GuardedBy("this")
  private boolean expired;

  Exchange(Duration timeout) {
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  /// The remaining time of a step that began at `stepStartNanos`, and of the whole exchange. At
  /// least a millisecond, since a socket takes 0 for no limit.
  int remainingMillis(long stepStartNanos, Duration stepTimeout) {
    long now = System.nanoTime();
    long nanos =
        Math.min(
            stepTimeout.toNanos() - (now - stepStartNanos), timeout.toNanos() - (now - startNanos));
    return (int) Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), 1, Integer.MAX_VALUE);
  }

  /// Sets the socket that is closed at the deadline.
  ///
  /// @throws SocketException if the deadline has passed
  synchronized void uses(Socket used) throws SocketException {
    if (expired) {
      throw new SocketException("the time limit has passed");
    }
    socket = used;
  }

  /// Ends the exchange: its socket is not closed any more.
  ///
  /// @return false if the deadline came first: the socket is closed, or will be soon
  synchronized boolean end() {
    socket = null;
    return !expired;
  }

  synchronized boolean expired() {
    return expired;
  }

  /// Closes the socket, since the deadline has passed.
  void expire() {
    Socket used;
    synchronized (this) {
      expired = true;
      used = socket;
    }
    if (used != null) {
      Connection.drop(used);
    }
  }
}
