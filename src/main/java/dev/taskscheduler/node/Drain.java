package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.INFO;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.task.Claim;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Ends the work of one leadership: stops claims and chores, waits for running tasks, interrupts
/// those that are left and requeues them.
final class Drain {
  private static final System.Logger LOG = System.getLogger(Drain.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);

  private final Leadership leadership;
  private final WorkerPool pool;
  private final Dispatcher dispatcher;
  private final Maintenance maintenance;
  private final Maintenance repairs;
  private final Unsettled unsettled;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile boolean planned = true;
  private volatile long untilNanos;

  Drain(
      Leadership leadership,
      WorkerPool pool,
      Dispatcher dispatcher,
      Maintenance maintenance,
      Maintenance repairs,
      Unsettled unsettled) {
    this.leadership = leadership;
    this.pool = pool;
    this.dispatcher = dispatcher;
    this.maintenance = maintenance;
    this.repairs = repairs;
    this.unsettled = unsettled;
  }

  /// Begins to end the work; a second call can end it harder. Only the first call's `ended` is run.
  ///
  /// @see dev.taskscheduler.leader.LeaderWork#end
  void begin(boolean isPlanned, Duration longest, Runnable ended) {
    planned = planned && isPlanned;
    untilNanos = System.nanoTime() + longest.toNanos();
    pool.startNoMore();
    dispatcher.quiet();
    maintenance.end();
    repairs.end();
    if (begun.compareAndSet(false, true)) {
      VitalThreads.virtual("drain", () -> run(ended)).start();
    }
  }

  private void run(Runnable ended) throws InterruptedException {
    try {
      finish();
      if (leadership.trusted()) { // else its last call may hang as long as Redis does
        repairs.awaitEnd(PAUSE);
      }
    } finally {
      ended.run();
    }
  }

  private boolean mayWrite() {
    return planned && leadership.trusted();
  }

  private void finish() throws InterruptedException {
    while (mayWrite() && System.nanoTime() - untilNanos < 0) {
      if (dispatcher.awaitEnd(PAUSE)) { // a claim under way comes to its end
        pool.requeueWaiting(false); // also what that claim brought, all in their order
        if (pool.awaitIdle(Math.min(untilNanos, System.nanoTime() + PAUSE.toNanos()))) {
          return;
        }
      }
    }
    List<Claim> reclaimed = pool.interruptAndReclaim();
    boolean requeue = mayWrite();
    dispatcher.awaitEnd(requeue ? LAST_ANSWERS : PAUSE);
    // again, for what the dispatcher was about to start
    reclaimed =
        Stream.concat(reclaimed.stream(), pool.interruptAndReclaim().stream())
            .sorted(Comparator.comparing(Claim::id))
            .toList();
    if (!requeue) {
      reclaimed.forEach(unsettled::add);
    } else if (!reclaimed.isEmpty()) {
      int count = reclaimed.size();
      LOG.log(INFO, () -> "tasks interrupted and requeued count=" + count);
      pool.requeue(reclaimed);
    }
    pool.awaitIdle(System.nanoTime() + LAST_ANSWERS.toNanos());
  }

  /// Requeues what could not be requeued while the work ended.
  ///
  /// @see dev.taskscheduler.leader.LeaderWork#settle
  boolean settle() {
    pool.unrecorded().forEach(unsettled::add);
    return unsettled.settle(pool.held().keySet(), LAST_ANSWERS);
  }
}
