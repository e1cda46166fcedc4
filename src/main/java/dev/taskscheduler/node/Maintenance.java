package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskMaintenance;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Makes scheduled tasks ready, removes finished ones, passes cancels on and ends attempts whose
/// time is over, on a thread of its own while this node leads.
///
/// It asks Redis only for what is due or was hinted at, and once a second for what a lost hint may
/// have told.
final class Maintenance {
  private static final System.Logger LOG = System.getLogger(Maintenance.class.getName());
  private static final int MOST = 500;
  private static final Duration EACH_SECOND = Duration.ofSeconds(1);

  /// Attempts wait for the end of their time no longer than this; so does a call that failed.
  private static final Duration PACE = Duration.ofMillis(250);

  private final Leadership leadership;
  private final TaskMaintenance store;
  private final WorkerPool pool;
  private final BooleanSupplier over;
  private final Runnable ready;
  private final Semaphore hints = new Semaphore(0);
  private volatile boolean cancelHint;
  private long nextTrim = System.nanoTime(); // the thread's alone, as are the next two
  private long nextPromotion = nextTrim;
  private boolean hinted = true;

  /// @param over whether the work has ended
  /// @param ready to be run when tasks were made ready
  Maintenance(
      Leadership leadership,
      TaskMaintenance store,
      WorkerPool pool,
      BooleanSupplier over,
      Runnable ready) {
    this.leadership = leadership;
    this.store = store;
    this.pool = pool;
    this.over = over;
    this.ready = ready;
  }

  /// A task may be due earlier than this sleeps, or the work has ended.
  void hint() {
    if (hints.availablePermits() == 0) {
      hints.release();
    }
  }

  /// A task that runs is to be cancelled.
  void hintCancel() {
    cancelHint = true;
    hint();
  }

  /// Returns once the work has ended.
  void run() {
    try {
      while (!over.getAsBoolean()) {
        pool.endOverdue();
        boolean more = guarded();
        hinted = more || hints.tryAcquire(untilNext().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("CatchingUnchecked") // this thread must live
  private boolean guarded() {
    try {
      return care();
    } catch (StoreException.Fenced e) {
      leadership.fenced();
    } catch (StoreException e) {
      LOG.log(DEBUG, "care will be repeated", e);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "care failed, will be repeated", e);
    }
    nextPromotion = System.nanoTime() + PACE.toNanos();
    return false;
  }

  /// @return whether there is more to do at once
  private boolean care() {
    hinted |= hints.drainPermits() > 0; // what is scheduled by now is seen by this call
    boolean secondly = nextTrim - System.nanoTime() <= 0;
    cancelAsked(secondly);
    boolean more = false;
    if (hinted || nextPromotion - System.nanoTime() <= 0) {
      Duration next = promote();
      nextPromotion = System.nanoTime() + next.toNanos();
      more = (hinted || secondly) && store.unpark(leadership.token(), MOST) == MOST;
    }
    if (secondly && store.clean(leadership.token(), MOST) == MOST) {
      more = true;
    } else if (secondly) {
      nextTrim = System.nanoTime() + EACH_SECOND.toNanos();
    }
    return more;
  }

  private Duration untilNext() {
    long left = Math.max(0, nextPromotion - System.nanoTime());
    return shorter(PACE, Duration.ofNanos(left + 999_999)); // in whole ms: not too early
  }

  /// @param anyway also without a hint, which may have been lost
  private void cancelAsked(boolean anyway) {
    boolean asked = cancelHint;
    cancelHint = false;
    if (asked || anyway) {
      pool.cancel(store.cancelling(leadership.token()));
    }
  }

  /// @return how long until there is something to do again
  private Duration promote() {
    TaskMaintenance.Promoted promoted = store.promote(leadership.token(), MOST);
    if (promoted.promoted() > 0) {
      ready.run(); // sooner than by way of Redis
    }
    return promoted.promoted() == MOST ? Duration.ZERO : shorter(EACH_SECOND, promoted.nextDue());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
