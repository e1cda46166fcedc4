package dev.taskscheduler.node;

import dev.taskscheduler.task.Claim;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One running attempt. How it ends is decided once, by the first of: the runner that ends, the
/// clock, a cancellation, the end of leadership. Only the first one writes.
final class Attempt {
  enum Resolution {
    OPEN,
    /// The runner ended.
    ENDED,
    /// Its time was over; the runner may still be at it.
    TIMED_OUT,
    /// Somebody cancelled the task; the runner may still be at it.
    CANCELLED,
    /// Leadership ends; the task goes back, or stays for the next leader to recover.
    RECLAIMED
  }

  private final Claim claim;
  private final long claimedNanos;
  private final long timeoutNanos;
  private final AtomicReference<Resolution> resolution = new AtomicReference<>(Resolution.OPEN);
  private volatile @Nullable Thread thread;
  private final AtomicInteger open = new AtomicInteger(2); // its thread, and the answer to its end
  private volatile long startNanos;
  private volatile boolean started;
  private volatile boolean stuckReported;

  Attempt(Claim claim, long claimedNanos, Duration timeout) {
    this.claim = claim;
    this.claimedNanos = claimedNanos;
    this.timeoutNanos = timeout.toNanos();
  }

  Claim claim() {
    return claim;
  }

  long claimedNanos() {
    return claimedNanos;
  }

  /// How long it waited for a worker here.
  long waitedNanos() {
    return startNanos - claimedNanos;
  }

  /// How long it has run.
  long runNanos() {
    return System.nanoTime() - startNanos;
  }

  /// How long its time has been over; negative while it is not, or has not begun.
  long overdueNanos(long nowNanos) {
    return started ? nowNanos - startNanos - timeoutNanos : -1;
  }

  /// How long it may take.
  Duration timeout() {
    return Duration.ofNanos(timeoutNanos);
  }

  /// Decides how the attempt ends; false if that was decided already.
  boolean decide(Resolution decided) {
    return resolution.compareAndSet(Resolution.OPEN, decided);
  }

  Resolution resolution() {
    return resolution.get();
  }

  /// To be called before others can find the attempt, so that an interrupt always finds the thread.
  void runsOn(Thread taskThread) {
    thread = taskThread;
  }

  /// Starts its thread; its time runs from here.
  void start() {
    Thread own = Objects.requireNonNull(thread);
    startNanos = System.nanoTime();
    started = true;
    own.start();
  }

  /// Closes parts of this attempt: its thread, and the answer to its end.
  ///
  /// @return true once all are closed
  boolean close(int parts) {
    return open.addAndGet(-parts) <= 0;
  }

  void interrupt() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  /// True the first time.
  boolean firstStuck() {
    boolean first = !stuckReported;
    stuckReported = true;
    return first;
  }
}
