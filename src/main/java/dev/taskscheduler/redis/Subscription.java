package dev.taskscheduler.redis;

import dev.taskscheduler.process.VitalThreads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// A subscription to one channel that comes back by itself when its connection breaks.
public final class Subscription implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Subscription.class.getName());
  private static final long FIRST_PAUSE_MS = 50;
  private static final long LONGEST_PAUSE_MS = 1000;

  /// After this long without a message it connects anew: a connection that was cut without a word
  /// would otherwise be listened to for ever.
  private static final int LONGEST_SILENCE_MS = 30_000;

  private final Supplier<Connection> connector;
  private final byte[] channel;
  private final Consumer<Subscription> onClose;
  private final Runnable onMessage;
  private final Thread thread;
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private volatile boolean closed;
  private boolean subscribed; // the listening thread's alone, as is the next
  private boolean refusedTold;

  /// @param onClose told when it is closed
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
          RuntimeException
              e) { // also what a listener throws: the next message finds one that lives
        if (closed) {
          return;
        }
        if (subscribed) {
          pause = FIRST_PAUSE_MS;
          subscribed = false;
        }
        tell(e);
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
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      } finally {
        connection.set(null);
      }
    }
  }

  private void tell(RuntimeException e) {
    boolean news = !refusedTold && e instanceof JedisDataException && isOfRights(e);
    refusedTold |= news;
    LOG.log(
        news ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
        () ->
            "subscription lost, will be renewed channel="
                + new String(channel, StandardCharsets.UTF_8)
                + " why="
                + e.getMessage());
  }

  /// Who cannot log in is told so by others.
  private static boolean isOfRights(RuntimeException e) {
    return String.valueOf(e.getMessage()).startsWith("NOPERM");
  }

  /// Ends the subscription; waits a second at the most for its thread.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    onClose.accept(this);
    renew();
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Breaks its connection: it connects anew, to where the address leads then.
  void renew() {
    Connection open = connection.get();
    if (open != null) {
      try {
        open.forceDisconnect();
      } catch (IOException | JedisException e) {
        LOG.log(System.Logger.Level.DEBUG, "subscription was broken already", e);
      }
    }
  }

  private final class Listener extends BinaryJedisPubSub {
    @Override
    public void onSubscribe(byte[] to, int count) {
      subscribed = true;
      Connection open = connection.get();
      if (open != null) {
        open.setSoTimeout(LONGEST_SILENCE_MS);
      }
      onMessage.run();
    }

    @Override
    public void onMessage(byte[] from, byte[] message) {
      onMessage.run();
    }
  }
}
