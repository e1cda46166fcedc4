package dev.taskscheduler.handlers;

import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Bounds the time from a request's first line to the last byte of its answer: a client that sends
/// its headers or body too slowly, or does not read its answer, is cut off, and a handler that
/// takes too long is interrupted. Helidon bounds only the wait for the first line.
///
/// Each connection is a virtual thread of its own; an interrupt closes the socket that the thread
/// reads or writes. A thread finds its own watch in a map and then writes one field of it: nothing
/// is allocated per request.
final class RequestDeadline implements AutoCloseable {
  private static final long NONE = Long.MAX_VALUE;

  private final Map<Thread, Watch> watches = new ConcurrentHashMap<>();
  private final long origin = System.nanoTime();
  private final long limitNanos;
  private final long sweepNanos;
  private final Thread sweeper;

  RequestDeadline(Duration limit) {
    limitNanos = limit.toNanos();
    sweepNanos = Math.clamp(limitNanos / 8, 10_000_000L, 500_000_000L);
    sweeper = VitalThreads.platform("request-deadline", this::sweep);
  }

  void start() {
    sweeper.start();
  }

  /// The first line of the current thread's request was read.
  void begun() {
    Thread thread = Thread.currentThread();
    Watch watch = watches.get(thread);
    if (watch == null) {
      watch = new Watch();
      watches.put(thread, watch);
    }
    watch.until = now() + limitNanos;
  }

  /// The current thread's request has been answered, and nothing of it is left to read.
  void ended() {
    Watch watch = watches.get(Thread.currentThread());
    if (watch != null) {
      watch.until = NONE;
    }
  }

  private long now() {
    return System.nanoTime() - origin;
  }

  private void sweep() {
    try {
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
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    sweeper.interrupt();
  }

  private static final class Watch {
    private volatile long until = NONE;
  }
}
