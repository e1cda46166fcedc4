package dev.taskscheduler.leader;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One thread that handles all that comes from outside, as events on its queue. After the events
/// that there are, and when the next thing is due, it makes a step.
abstract class EventLoop implements Runnable {
  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
  private static final long SHORTEST_WAIT_NANOS = 1_000;

  private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>();

  /// Adds an event; from any thread.
  final void post(Event event) {
    queue.add(event);
  }

  /// Does what is to be done now.
  abstract void step(long now);

  abstract void handle(Event event, long now);

  /// When the next step is to be made without any event, on the monotonic clock.
  abstract long due(long now);

  abstract boolean ended();

  @Override
  public final void run() {
    while (!ended()) {
      guarded(() -> step(System.nanoTime()));
      for (Event event = next(System.nanoTime()); event != null; event = queue.poll()) {
        Event current = event;
        guarded(() -> handle(current, System.nanoTime()));
      }
    }
  }

  @SuppressWarnings("CatchingUnchecked") // this thread must live: without it nobody ends the work
  private static void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      LOG.log(ERROR, "leadership step failed", e);
    }
  }

  private @Nullable Event next(long now) {
    try {
      return queue.poll(Math.max(SHORTEST_WAIT_NANOS, due(now) - now), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // Nobody has a reason to; the work must still be ended in order.
      LOG.log(WARNING, "leadership thread interrupted, goes on");
      return null;
    }
  }
}
