package dev.taskscheduler.handlers.server;

import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Limits the time from a request's first line to the last byte of its response. A client that is
/// too slow is cut off, and a handler that is too slow is interrupted. Helidon bounds only the wait
/// for the first line. Within that time a wait for the peer may have a limit of its own.
///
/// Each connection is a virtual thread of its own; an interrupt closes the socket that the thread
/// reads or writes. A thread finds its own watch in a map and then writes one field of it: nothing
/// is allocated per request.
public final class RequestDeadline implements AutoCloseable {
  private static final long NONE = Long.MAX_VALUE;

  private final Map<Thread, Watch> watches = new ConcurrentHashMap<>();
  private final long origin = System.nanoTime();
  private final long limitNanos;
  private final long sweepNanos;
  private final Thread sweeper;

  public RequestDeadline(Duration limit) {
    limitNanos = limit.toNanos();
    sweepNanos = Math.clamp(limitNanos / 8, 10_000_000L, 500_000_000L);
    sweeper = VitalThreads.platform("request-deadline", this::sweep);
  }

  public void start() {
    sweeper.start();
  }

  /// Reads the headers of a request within this time.
  static final Duration HEAD = Duration.ofSeconds(5);

  /// Writes a part of a response that has no end within this time.
  static final Duration PART = Duration.ofSeconds(5);

  /// The first line of the current thread's request was read.
  void begun() {
    Thread thread = Thread.currentThread();
    Watch watch = watches.get(thread);
    if (watch == null) {
      watch = new Watch();
      watches.put(thread, watch);
    }
    watch.until = now() + Math.min(limitNanos, HEAD.toNanos());
  }

  /// The headers of the current thread's request were read.
  void headRead() {
    Watch watch = watches.get(Thread.currentThread());
    if (watch != null) {
      watch.until = now() + limitNanos;
    }
  }

  /// The current thread's request has been answered, and nothing of it is left to read.
  void ended() {
    Watch watch = watches.get(Thread.currentThread());
    if (watch != null) {
      watch.until = NONE;
    }
  }

  /// The current thread writes a part of a response that has no end, and has [#PART] to do so.
  public void writing() {
    Watch watch = watches.get(Thread.currentThread());
    if (watch != null) {
      watch.until = now() + Math.min(limitNanos, PART.toNanos());
    }
  }

  /// The current thread has written that part, and may wait for the next one as long as it likes.
  public void written() {
    ended();
  }

  /// The current thread begins to wait for its peer, in a request. If [#peerCame()] is not called
  /// in time, the peer is answered, and the thread is interrupted.
  ///
  /// @param tell runs on another thread; must not wait
  void awaitPeer(Duration limit, Runnable tell) {
    Watch watch = watches.get(Thread.currentThread());
    if (watch != null) {
      watch.peer.set(new Peer(now() + limit.toNanos(), tell));
    }
  }

  /// The current thread no longer waits for its peer.
  ///
  /// @return false if it was too late: nothing more may be written to the peer
  boolean peerCame() {
    Watch watch = watches.get(Thread.currentThread());
    return watch == null || watch.peer.getAndSet(null) != null;
  }

  private long now() {
    return System.nanoTime() - origin;
  }

  private void sweep() throws InterruptedException {
    while (true) {
      Thread.sleep(Duration.ofNanos(sweepNanos));
      long now = now();
      for (Iterator<Map.Entry<Thread, Watch>> all = watches.entrySet().iterator();
          all.hasNext(); ) {
        Map.Entry<Thread, Watch> each = all.next();
        if (!each.getKey().isAlive()) {
          all.remove();
        } else if (now >= each.getValue().until) {
          // Interrupted at every sweep until it ends: after the first time the handler may still
          // be writing its answer to a client that does not read. The next sweep is time enough.
          each.getKey().interrupt();
        } else {
          each.getValue().cutSlowPeer(now, each.getKey());
        }
      }
    }
  }

  @Override
  public void close() {
    sweeper.interrupt();
  }

  /// What a thread waits for.
  ///
  /// @param until by this class's clock
  private record Peer(long until, Runnable tell) {}

  private static final class Watch {
    private final AtomicReference<@Nullable Peer> peer = new AtomicReference<>();
    private volatile long until = NONE;

    private void cutSlowPeer(long now, Thread waiting) {
      Peer slow = peer.get();
      if (slow != null && now >= slow.until && peer.compareAndSet(slow, null)) {
        slow.tell.run();
        waiting.interrupt();
      }
    }
  }
}
