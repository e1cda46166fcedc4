package dev.taskscheduler.handlers.overview;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes an event a second while somebody listens, and hands it to each listener.
///
/// No event waits in a queue: each listener has a thread of its own, that of its connection, which
/// takes the newest event when it has written the one before. So a slow listener holds no memory
/// and delays nobody.
public final class EventStreams implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventStreams.class.getName());
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final int most;
  private final Supplier<byte[]> document;
  private int listeners; // guarded by this, as are the next
  private boolean publishing;
  private boolean closed;
  private @Nullable Event newest;

  /// What is sent.
  ///
  /// @param number grows with each event of this node
  /// @param data JSON on one line, in UTF-8
  record Event(long number, byte[] data) {}

  /// @param most listeners at once
  /// @param document makes the next event; asked for once a second while somebody listens
  public EventStreams(int most, Supplier<byte[]> document) {
    this.most = most;
    this.document = document;
  }

  /// How many listen now.
  synchronized int listeners() {
    return listeners;
  }

  int most() {
    return most;
  }

  /// Adds a listener, who must [#leave].
  ///
  /// @return false if there are too many, or the node stops
  synchronized boolean enter() {
    if (closed || listeners >= most) {
      return false;
    }
    listeners++;
    if (!publishing) {
      publishing = true;
      Thread.ofVirtual().name("events").start(this::publish);
    }
    return true;
  }

  synchronized void leave() {
    listeners--;
  }

  /// Waits for an event after this number.
  ///
  /// @return empty once the node stops
  synchronized Optional<Event> next(long after) throws InterruptedException {
    while (!closed && (newest == null || newest.number <= after)) {
      wait();
    }
    return closed ? Optional.empty() : Optional.ofNullable(newest);
  }

  private void publish() {
    long number = 0;
    while (goesOn()) {
      long from = System.nanoTime();
      Optional<byte[]> data = made();
      if (data.isPresent()) {
        number++;
        hand(new Event(number, data.get()));
      }
      try {
        rest(from + PERIOD.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // nobody does
        return;
      }
    }
  }

  /// Ends with the last listener: an event that nobody waits for is not kept for the next one.
  private synchronized boolean goesOn() {
    publishing = !closed && listeners > 0;
    if (!publishing) {
      newest = null;
    }
    return publishing;
  }

  @SuppressWarnings("CatchingUnchecked") // one failure must not end the events of everybody
  private Optional<byte[]> made() {
    try {
      return Optional.of(document.get());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "no event could be made", e);
      return Optional.empty();
    }
  }

  private synchronized void hand(Event event) {
    newest = event;
    notifyAll();
  }

  private synchronized void rest(long until) throws InterruptedException {
    long left = until - System.nanoTime();
    while (!closed && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = until - System.nanoTime();
    }
  }

  /// Ends all streams, and lets nobody in.
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
