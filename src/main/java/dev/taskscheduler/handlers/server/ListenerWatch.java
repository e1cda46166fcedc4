package dev.taskscheduler.handlers.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Notices that the port is no longer listened on. Helidon closes it for good when it cannot accept
/// a connection, for want of files for example, and tells nobody.
///
/// Once a second it tries to bind a socket of its own to the port, which fails for as long as
/// somebody listens there. The socket is opened at the start: to try takes no file then.
public final class ListenerWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final InetSocketAddress address;
  private final Runnable ended;
  private final SocketChannel probe;
  private final Thread thread;

  /// @param address that is listened on
  /// @param ended is called once, by a thread of its own
  public ListenerWatch(InetSocketAddress address, Runnable ended) {
    this.address = address;
    this.ended = ended;
    try {
      probe = SocketChannel.open();
      probe.setOption(StandardSocketOptions.SO_REUSEADDR, true); // connections do not count
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().daemon().name("listener-watch").start(this::watch);
  }

  private void watch() {
    try {
      do {
        Thread.sleep(EVERY);
      } while (listened());
      ended.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private boolean listened() throws InterruptedException {
    try {
      probe.bind(address);
      return false;
    } catch (BindException e) {
      return true;
    } catch (ClosedChannelException e) {
      throw new InterruptedException("closed");
    } catch (IOException e) {
      return true; // nothing is known
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      probe.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
