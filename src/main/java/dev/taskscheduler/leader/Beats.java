package dev.taskscheduler.leader;

import dev.taskscheduler.fence.Fence;
import dev.taskscheduler.fence.FenceException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Tells all watchers, on a thread of its own, that the holder of one term lives: from take-over
/// until stopped or lost.
final class Beats {
  /// A beat that failed is tried again after this part of the pause between beats.
  private static final int RETRY_DIVISOR = 4;

  private final Fence fence;
  private final Term term;
  private final long everyNanos;
  private final FenceHealth health;
  private final Consumer<Event> post;
  private final Thread thread;
  private volatile boolean stopped;

  /// Starts to beat after one pause: the take-over counted as the first.
  Beats(Fence fence, Term term, Duration every, FenceHealth health, Consumer<Event> post) {
    this.fence = fence;
    this.term = term;
    this.everyNanos = every.toNanos();
    this.health = health;
    this.post = post;
    this.thread = Thread.ofPlatform().daemon().name("leader-beat").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Sends no beat from now on; one that is under way may still arrive, and harms nobody: it counts
  /// for its own token alone, and not once that was released.
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    long next = System.nanoTime() + everyNanos;
    while (!stopped) {
      long now = System.nanoTime();
      if (next - now > 0) {
        LockSupport.parkNanos(this, next - now);
        continue;
      }
      next = now + (beat() ? everyNanos : everyNanos / RETRY_DIVISOR);
    }
  }

  /// @return whether it was answered
  @SuppressWarnings(
      "CatchingUnchecked") // a thread that must live: what fails is a beat not counted
  private boolean beat() {
    long start = System.nanoTime();
    long startWallMs = System.currentTimeMillis();
    try {
      switch (fence.beat(term.token())) {
        case COUNTED -> {
          health.answered("beat");
          if (!term.trust()
              .extend(start, startWallMs, System.nanoTime(), System.currentTimeMillis())) {
            lost("trust ended");
          }
        }
        case FENCED -> lost("fenced");
        case RESTARTED -> lost("redis restarted");
      }
      return true;
    } catch (FenceException e) {
      health.failed("beat", e);
    } catch (RuntimeException e) {
      health.failed("beat", new FenceException.Unavailable("beat: " + e, e));
    }
    if (term.trust().leftNanos(System.nanoTime(), System.currentTimeMillis()) == 0) {
      lost("trust ended");
    }
    return false;
  }

  private void lost(String why) {
    stopped = true;
    term.trust().end();
    term.revoke();
    post.accept(new Event.Lost(term, why));
  }
}
