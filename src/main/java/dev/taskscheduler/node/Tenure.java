package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskMaintenance;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The work of one leadership, from recovery to the last answer: a dispatcher that claims and
/// starts, a [Maintenance] and a [Repairer].
///
/// Its threads wait on futures and are never interrupted; they end because `quiet` is set or trust
/// is over.
final class Tenure {
  private static final System.Logger LOG = System.getLogger(Tenure.class.getName());
  private static final int MOST = 500;
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);

  private final Leadership leadership;
  private final Claims store;
  private final WorkerPool pool;
  private final WorkListener listener;
  private final Semaphore readyHint = new Semaphore(0);
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Maintenance maintenance;
  private final Repairer repairer;
  private final Unsettled unsettled;
  private @Nullable Thread dispatcher;
  private final WeightedRoundRobin turns; // the dispatcher's alone, as are the next
  private long sequence;
  private boolean recovered;
  private volatile long lastStep = System.nanoTime(); // the dispatcher's
  private volatile boolean quiet;
  private volatile boolean planned;
  private volatile long drainUntilNanos;

  Tenure(
      Leadership leadership,
      Claims store,
      TaskMaintenance upkeep,
      WorkerPool pool,
      WeightedRoundRobin turns,
      Duration repairEvery,
      WorkListener listener) {
    this.leadership = leadership;
    this.store = store;
    this.pool = pool;
    this.turns = turns;
    this.listener = listener;
    this.unsettled = new Unsettled(leadership.token(), store, listener);
    this.maintenance = new Maintenance(leadership, upkeep, pool, this::over, this::hint);
    this.repairer = new Repairer(leadership, upkeep, repairEvery, listener);
  }

  void begin() {
    dispatcher = VitalThreads.virtual("dispatcher", this::dispatch);
    dispatcher.start();
  }

  /// Something may be ready: claim now.
  void hint() {
    if (readyHint.availablePermits() == 0) {
      readyHint.release();
    }
  }

  /// Passes a signal on to the part that it is for.
  void hint(Claims.Signal signal) {
    switch (signal) {
      case READY -> hint();
      case DUE -> maintenance.hint();
      case CANCEL -> maintenance.hintCancel();
      case SET_ASIDE -> repairer.hint();
    }
  }

  int running() {
    return pool.running();
  }

  /// How long the dispatcher has made no step; zero once it makes none any more.
  Duration sinceStep() {
    return quiet ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastStep);
  }

  private boolean over() {
    return quiet || !leadership.trusted();
  }

  private void dispatch() {
    try {
      boolean empty = false;
      while (!recovered) { // before all other calls: tasks have waited for a leader
        if (over()) {
          return;
        }
        empty = claimAndStart();
      }
      VitalThreads.virtual("maintenance", maintenance::run).start();
      repairer.begin();
      while (!over()) {
        if (empty) {
          awaitHint();
        }
        empty = claimAndStart();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "dispatcher ends, leadership is given up", e);
      leadership.fenced();
    }
  }

  /// No claim before recovery has answered: else what an earlier leader held might be taken for
  /// this leader's. A first claim that finds nothing to recover needs none, as a rule after a
  /// planned stop.
  private List<Claim> claimFirst(int asked) throws InterruptedException {
    boolean unknown = false;
    try {
      Optional<Claims.Claimed> claimed =
          store.claimFirst(leadership.token(), ++sequence, asked, turns.next(asked));
      if (claimed.isPresent()) {
        recovered = true;
        return claims(claimed.get());
      }
    } catch (StoreException.Fenced e) {
      leadership.fenced();
      return List.of();
    } catch (StoreException e) {
      LOG.log(DEBUG, "first claim unknown, will be reconciled", e);
      unknown = true;
    }
    recovered = recover();
    if (!recovered) {
      return List.of();
    }
    return unknown ? reconcile() : claim(asked);
  }

  /// @return false if it is over
  private boolean recover() throws InterruptedException {
    while (!over()) {
      lastStep = System.nanoTime();
      try {
        store.recordLeader(leadership.token());
        Claims.Recovered back = store.recover(leadership.token());
        if (back.requeued() + back.dead() + back.cancelled() > 0) {
          LOG.log(
              WARNING,
              () ->
                  "tasks of a lost leader taken back requeued="
                      + back.requeued()
                      + " dead="
                      + back.dead()
                      + " cancelled="
                      + back.cancelled());
          tell("lost", back.requeued());
          tell("dead", back.dead());
          tell("cancelled", back.cancelled());
        }
        return true;
      } catch (StoreException.Fenced e) {
        leadership.fenced();
        return false;
      } catch (StoreException e) {
        LOG.log(DEBUG, "recovery will be repeated", e);
        pause();
      }
    }
    return false;
  }

  private void tell(String outcome, int times) {
    for (int i = 0; i < times; i++) {
      listener.finished(outcome, Duration.ZERO);
    }
  }

  /// @return whether there was less to claim than could start
  private boolean claimAndStart() throws InterruptedException {
    lastStep = System.nanoTime();
    pool.putBackWaiting(true);
    int free = pool.takePermits(POLL);
    int asked = Math.min(free, MOST);
    int started = 0;
    try {
      if (asked == 0 || over()) {
        return false;
      }
      if (pool.heavy()) {
        pause();
        return false;
      }
      readyHint.drainPermits(); // what is ready by now is seen by this claim
      List<Claim> claims = recovered ? claim(asked) : claimFirst(asked);
      for (Claim claim : claims) {
        pool.start(claim);
        started++;
      }
      return started < asked;
    } finally {
      pool.givePermits(free - started);
    }
  }

  private void awaitHint() throws InterruptedException {
    Duration patience = pool.patience(POLL);
    boolean hinted = readyHint.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    LOG.log(DEBUG, () -> "dispatcher wakes hinted=" + hinted);
  }

  private List<Claim> claims(Claims.Claimed claimed) {
    if (claimed.more()) {
      hint();
    }
    tell("expired", claimed.expired());
    return claimed.claims();
  }

  private List<Claim> claim(int asked) throws InterruptedException {
    try {
      return claims(store.claim(leadership.token(), ++sequence, asked, turns.next(asked)));
    } catch (StoreException.Fenced e) {
      leadership.fenced();
      return List.of();
    } catch (StoreException.Refused e) {
      LOG.log(DEBUG, "claim refused", e);
      pause();
      return List.of();
    } catch (StoreException.Unavailable e) {
      LOG.log(DEBUG, "claim unknown, will be reconciled", e);
      return reconcile();
    }
  }

  /// Finds out what a claim without an answer did. What it returns may be more than was asked for
  /// only if permits allow it: the claim that is reconciled took no more than was asked for.
  private List<Claim> reconcile() throws InterruptedException {
    while (!over()) {
      lastStep = System.nanoTime();
      try {
        return store.reconcile(leadership.token(), sequence, pool.held());
      } catch (StoreException.Fenced e) {
        leadership.fenced();
        return List.of();
      } catch (StoreException e) {
        LOG.log(DEBUG, "reconciling will be repeated", e);
        pause();
      }
    }
    return List.of();
  }

  /// Ends the work; called again, it ends harder. `ended` is run once, by whichever call came
  /// first.
  void end(boolean isPlanned, Duration drain, Runnable ended) {
    planned = isPlanned && (planned || !quiet);
    drainUntilNanos = System.nanoTime() + drain.toNanos();
    quiet = true;
    pool.startNoMore();
    hint();
    maintenance.hint();
    repairer.end();
    if (ending.compareAndSet(false, true)) {
      VitalThreads.virtual("tenure-end", () -> finishThen(ended)).start();
    }
  }

  private void finishThen(Runnable ended) {
    try {
      finish();
      if (leadership.trusted()) { // else its last call may hang as long as Redis does
        repairer.awaitEnd(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.run();
    }
  }

  private void finish() throws InterruptedException {
    while (planned && leadership.trusted() && System.nanoTime() - drainUntilNanos < 0) {
      join(dispatcher, PAUSE); // a claim under way comes to its end
      if (!alive(dispatcher)) {
        pool.putBackWaiting(false); // what it brought too, all in their order
        if (pool.awaitIdle(Math.min(drainUntilNanos, System.nanoTime() + PAUSE.toNanos()))) {
          return;
        }
      }
    }
    List<Claim> recalled = pool.recall();
    if (planned && leadership.trusted()) {
      join(dispatcher, LAST_ANSWERS);
      recalled = merged(recalled, pool.recall());
      if (!recalled.isEmpty()) {
        int count = recalled.size();
        LOG.log(INFO, () -> "tasks interrupted and put back count=" + count);
        pool.requeue(recalled);
      }
    } else {
      recalled.forEach(unsettled::add);
      join(dispatcher, PAUSE);
      pool.recall().forEach(unsettled::add); // what it was about to start
    }
    pool.awaitIdle(System.nanoTime() + LAST_ANSWERS.toNanos());
  }

  /// See [dev.taskscheduler.leader.LeaderWork#settle].
  boolean settle() {
    pool.unrecorded().forEach(unsettled::add);
    return unsettled.settle(pool.held().keySet(), LAST_ANSWERS);
  }

  private static List<Claim> merged(List<Claim> one, List<Claim> other) {
    one.addAll(other);
    one.sort(Comparator.comparing(Claim::id));
    return one;
  }

  private static boolean alive(@Nullable Thread thread) {
    return thread != null && thread.isAlive();
  }

  private static void join(@Nullable Thread thread, Duration longest) throws InterruptedException {
    if (thread != null) {
      thread.join(longest);
    }
  }

  private void pause() throws InterruptedException {
    readyHint.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
