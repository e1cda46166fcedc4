package dev.taskscheduler.leader;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Work that keeps a record of when it might act as leader: a thread asks for trust all the time,
/// as a pool does before each claim.
final class RecordedWork implements LeaderWork {
  /// One leadership, and the first and last moment at which it was trusted, on the monotonic clock
  /// that all managers of one test share.
  static final class Interval {
    final Leadership leadership;
    final long began = System.nanoTime();
    volatile long lastTrusted = began;
    volatile boolean stopped;

    Interval(Leadership leadership) {
      this.leadership = leadership;
    }
  }

  final List<Interval> intervals = new CopyOnWriteArrayList<>();
  final List<Boolean> endsPlanned = new CopyOnWriteArrayList<>();
  final Semaphore begun = new Semaphore(0);
  final Semaphore ended = new Semaphore(0);

  /// Whether `ended` is reported as soon as the work should end; else by [#finish].
  final AtomicBoolean endsAtOnce = new AtomicBoolean(true);

  volatile Duration sinceStep = Duration.ZERO;

  private volatile @Nullable Runnable toTell;

  @Override
  public Duration sinceStep() {
    return sinceStep;
  }

  @Override
  public void begin(Leadership leadership) {
    Interval interval = new Interval(leadership);
    intervals.add(interval);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!interval.stopped) {
            long now = System.nanoTime();
            if (leadership.trusted()) {
              interval.lastTrusted = now;
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
          }
        });
    begun.release();
  }

  @Override
  public void end(boolean planned, Duration drain, Runnable whenEnded) {
    endsPlanned.add(planned);
    toTell = whenEnded;
    ended.release();
    if (endsAtOnce.get()) {
      finish();
    }
  }

  void finish() {
    intervals.getLast().stopped = true;
    Runnable whenEnded = toTell;
    if (whenEnded != null) {
      whenEnded.run();
    }
  }

  Interval last() {
    return intervals.getLast();
  }

  boolean awaitBegin(Duration limit) throws InterruptedException {
    return begun.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean awaitEnd(Duration limit) throws InterruptedException {
    return ended.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
