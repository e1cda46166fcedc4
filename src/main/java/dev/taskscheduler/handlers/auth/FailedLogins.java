package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.net.Network;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Counts wrong tokens by the address that they come from: at most [#MOST] a minute, then the
/// sender must wait. Right tokens are never asked here, so that nobody is locked out, be it behind
/// a proxy from which all requests come. Safe for use by many threads.
public final class FailedLogins {
  public static final int MOST = 10;
  static final int MOST_ADDRESSES = 10_000;
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final Logger LOG = System.getLogger(FailedLogins.class.getName());
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

  private final LongSupplier nanos;
  private final Map<Network, Window> windows = new LinkedHashMap<>(); // the oldest window first
  private long toldAt;

  FailedLogins() {
    this(System::nanoTime);
  }

  /// @param nanos a clock that only goes forward
  FailedLogins(LongSupplier nanos) {
    this.nanos = nanos;
    this.toldAt = nanos.getAsLong() - BETWEEN_LINES.toNanos();
  }

  private static final class Window {
    private final long begin;
    private int failures;

    private Window(long begin) {
      this.begin = begin;
    }
  }

  /// A wrong token came.
  ///
  /// @return how long to wait before the next one, if there were too many; empty otherwise
  synchronized Optional<Duration> failed(InetAddress from) {
    long now = nanos.getAsLong();
    Network network = Network.of(from);
    Window window = windows.get(network);
    if (window == null || now - window.begin >= WINDOW.toNanos()) {
      windows.remove(network); // so that the new window comes last
      window = new Window(now);
      windows.put(network, window);
      if (windows.size() > MOST_ADDRESSES) {
        windows.remove(windows.keySet().iterator().next());
      }
    }
    window.failures++;
    if (window.failures <= MOST) {
      return Optional.empty();
    }
    if (window.failures == MOST + 1) {
      log(from, now);
    }
    return Optional.of(WINDOW.minusNanos(now - window.begin));
  }

  private void log(InetAddress from, long now) {
    if (now - toldAt >= BETWEEN_LINES.toNanos()) { // many addresses shall not fill the log
      toldAt = now;
      LOG.log(
          Level.WARNING,
          () -> "too many wrong api tokens from one address=" + from.getHostAddress());
    }
  }

  synchronized int addresses() {
    return windows.size();
  }
}
