package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Claims ready tasks for free workers and starts them, on a thread of its own. Before that it
/// recovers what an earlier leader ran.
///
/// The thread is never interrupted. It ends because [#quiet] was called or trust is over.
final class Dispatcher {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
  private static final int MOST = 500;
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Leadership leadership;
  private final Claims store;
  private final WorkerPool pool;
  private final WeightedRoundRobin shares; // the thread's alone, as are the next two
  private long sequence;
  private boolean recovered;
  private final WorkListener listener;
  private final Runnable whenRecovered;
  private final Semaphore readyHint = new Semaphore(0);
  private final Thread thread = VitalThreads.virtual("dispatcher", this::dispatch);
  private volatile long lastStep = System.nanoTime();
  private volatile boolean quiet;

  /// @param whenRecovered run once, when nothing of an earlier leader runs any more
  Dispatcher(
      Leadership leadership,
      Claims store,
      WorkerPool pool,
      WeightedRoundRobin shares,
      WorkListener listener,
      Runnable whenRecovered) {
    this.leadership = leadership;
    this.store = store;
    this.pool = pool;
    this.shares = shares;
    this.listener = listener;
    this.whenRecovered = whenRecovered;
  }

  void begin() {
    thread.start();
  }

  /// Something may be ready: claims now. From any thread.
  void hint() {
    if (readyHint.availablePermits() == 0) {
      readyHint.release();
    }
  }

  /// Claims no more.
  void quiet() {
    quiet = true;
    hint();
  }

  /// Waits for the end of a claim that is under way.
  ///
  /// @return whether the thread has ended
  boolean awaitEnd(Duration longest) throws InterruptedException {
    return thread.join(longest);
  }

  /// How long the dispatcher has made no step; zero once it makes none any more.
  Duration sinceStep() {
    return quiet ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastStep);
  }

  private boolean over() {
    return quiet || !leadership.trusted();
  }

  private void dispatch() throws InterruptedException {
    try {
      boolean empty = false;
      while (!recovered) { // before all other calls: tasks have waited for a leader
        if (over()) {
          return;
        }
        empty = claimAndStart();
      }
      whenRecovered.run();
      while (!over()) {
        if (empty) {
          awaitHint();
        }
        empty = claimAndStart();
      }
    } catch (RuntimeException e) {
      LOG.log(ERROR, "dispatcher failed, this node steps down", e);
      leadership.fenced();
    }
  }

  /// @return whether there was less to claim than could start
  private boolean claimAndStart() throws InterruptedException {
    lastStep = System.nanoTime();
    pool.requeueWaiting(true);
    int free = pool.takePermits(POLL);
    int limit = Math.min(free, MOST);
    int started = 0;
    try {
      if (limit == 0 || over()) {
        return false;
      }
      if (pool.heavy()) {
        pause();
        return false;
      }
      readyHint.drainPermits(); // this claim sees what is ready by now
      List<Claim> claims = recovered ? claim(limit) : claimFirst(limit);
      for (Claim claim : claims) {
        pool.start(claim);
        started++;
      }
      return started < limit;
    } finally {
      pool.givePermits(free - started);
    }
  }

  private void awaitHint() throws InterruptedException {
    Duration longest = pool.longestAbsence(POLL);
    boolean hinted = readyHint.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
    LOG.log(DEBUG, () -> "dispatcher wakes up hinted=" + hinted);
  }

  /// Claims nothing before recovery has answered: otherwise a task that an earlier leader ran might
  /// be taken for one that this leader runs. Usually after a planned stop there is nothing to
  /// recover, and then the first claim is one call.
  private List<Claim> claimFirst(int limit) throws InterruptedException {
    boolean unknown = false;
    try {
      Optional<Claims.Claimed> claimed =
          store.claimFirst(leadership.token(), ++sequence, limit, shares.next(limit));
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
    return unknown ? reconcile() : claim(limit);
  }

  private List<Claim> claim(int limit) throws InterruptedException {
    try {
      return claims(store.claim(leadership.token(), ++sequence, limit, shares.next(limit)));
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

  private List<Claim> claims(Claims.Claimed claimed) {
    if (claimed.more()) {
      hint();
    }
    count("expired", claimed.expired());
    return claimed.claims();
  }

  /// @return false if the work has ended
  private boolean recover() throws InterruptedException {
    return repeated(
            "recovery",
            () -> {
              store.recordLeader(leadership.token());
              Claims.Recovered back = store.recover(leadership.token());
              count("lost", back.requeued());
              count("dead", back.dead());
              count("cancelled", back.cancelled());
              if (back.requeued() + back.dead() + back.cancelled() > 0) {
                LOG.log(
                    WARNING,
                    () ->
                        "tasks of a lost leader recovered requeued=%s dead=%s cancelled=%s"
                            .formatted(back.requeued(), back.dead(), back.cancelled()));
              }
              return back;
            })
        .isPresent();
  }

  /// Finds out what a claim without an answer did. That claim took no more than its limit, so there
  /// is a permit for each.
  private List<Claim> reconcile() throws InterruptedException {
    return repeated("reconciling", () -> store.reconcile(leadership.token(), sequence, pool.held()))
        .orElse(List.of());
  }

  /// Repeats a call until it is answered or the work has ended.
  private <A> Optional<A> repeated(String name, Supplier<A> call) throws InterruptedException {
    while (!over()) {
      lastStep = System.nanoTime();
      try {
        return Optional.of(call.get());
      } catch (StoreException.Fenced e) {
        leadership.fenced();
      } catch (StoreException e) {
        LOG.log(DEBUG, () -> name + " will be repeated", e);
        pause();
      }
    }
    return Optional.empty();
  }

  private void count(String outcome, int times) {
    for (int i = 0; i < times; i++) {
      listener.finished(outcome, Duration.ZERO);
    }
  }

  private void pause() throws InterruptedException {
    readyHint.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
