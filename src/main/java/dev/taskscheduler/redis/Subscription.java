package dev.taskscheduler.redis;

import dev.taskscheduler.process.VitalThreads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// A subscription to one channel, which reconnects by itself.
public final class Subscription implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Subscription.class.getName());
  private static final long FIRST_PAUSE_MS = 50;
  private static final long MAX_PAUSE_MS = 1000;

  /// After this time without a message it reconnects, since the connection may have been cut
  /// without notice.
  private static final int MAX_SILENCE_MS = 30_000;

  private final Supplier<Connection> connector;
  private final byte[] channel;
  private final Consumer<Subscription> onClose;
  private final Runnable onMessage;
  private final Thread thread;
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private volatile boolean closed;
  private boolean subscribed; // used by the listening thread only, as is the next
  private boolean refusalLogged;

  /// @param onClose called when it is closed
  Subscription(
      Supplier<Connection> connector,
      byte[] channel,
      Runnable onMessage,
      Consumer<Subscription> onClose) {
    this.connector = connector;
    this.onClose = onClose;
    this.channel = channel;
    this.onMessage = onMessage;
    this.thread = VitalThreads.platform("redis-subscription", this::listen);
    thread.start();
  }

  private void listen() {
    long pause = FIRST_PAUSE_MS;
    while (!closed) {
      try (Connection fresh = connector.get()) {
        connection.set(fresh);
        if (closed) {
          return;
        }
        Listener listener = new Listener();
        listener.proceed(fresh, channel);
      } catch (
          RuntimeException e) { // also of onMessage: the next message finds a live subscription
        if (closed) {
          return;
        }
        if (subscribed) {
          pause = FIRST_PAUSE_MS;
          subscribed = false;
        }
        log(e);
        try {
          synchronized (this) {
            if (!closed) {
              wait(pause);
            }
          }
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
        pause = Math.min(2 * pause, MAX_PAUSE_MS);
      } finally {
        connection.set(null);
      }
    }
  }

  private void log(RuntimeException e) {
    boolean first = !refusalLogged && e instanceof JedisDataException && isMissingRight(e);
    refusalLogged |= first;
    LOG.log(
        first ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
        () ->
            "subscription lost, will be repeated channel=%s why=%s"
                .formatted(new String(channel, StandardCharsets.UTF_8), e.getMessage()));
  }

  /// Whether a right is missing. A failed login is logged elsewhere.
  private static boolean isMissingRight(RuntimeException e) {
    return String.valueOf(e.getMessage()).startsWith("NOPERM");
  }

  /// Ends the subscription; waits at most a second for its thread.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    onClose.accept(this);
    renew();
    VitalThreads.join(thread, Duration.ofSeconds(1));
  }

  /// Reconnects, to the current address.
  void renew() {
    Connection open = connection.get();
    if (open != null) {
      try {
        open.forceDisconnect();
      } catch (IOException | JedisException e) {
        LOG.log(System.Logger.Level.DEBUG, "the subscription was already closed", e);
      }
    }
  }

  private final class Listener extends BinaryJedisPubSub {
    @Override
    public void onSubscribe(byte[] name, int count) {
      subscribed = true;
      Connection open = connection.get();
      if (open != null) {
        open.setSoTimeout(MAX_SILENCE_MS);
      }
      onMessage.run();
    }

    @Override
    public void onMessage(byte[] name, byte[] message) {
      onMessage.run();
    }
  }
}
