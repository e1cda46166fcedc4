package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.task.StoreException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Runs chores of the leader on one thread, each when it is due or hinted at; the one that waits
/// longest goes first.
///
/// The thread is never interrupted. It ends because [#end] was called or trust is over.
final class Maintenance {
  private static final System.Logger LOG = System.getLogger(Maintenance.class.getName());
  private static final Duration AFTER_FAILURE = Duration.ofMillis(250);

  private final Leadership leadership;
  private final Map<Chore, Long> dueNanos = new HashMap<>(); // the thread's alone
  private final Set<Chore> hinted = ConcurrentHashMap.newKeySet();
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean ended;

  /// @param name of its thread
  Maintenance(String name, Leadership leadership, List<Chore> chores) {
    this.leadership = leadership;
    chores.forEach(chore -> dueNanos.put(chore, System.nanoTime()));
    thread = VitalThreads.virtual(name, this::run);
  }

  void begin() {
    thread.start();
  }

  /// Runs a chore before it is due. From any thread.
  void hint(Chore chore) {
    hinted.add(chore);
    wake.release();
  }

  /// Ends it, at once or after the call that is under way.
  void end() {
    ended = true;
    wake.release();
  }

  void awaitEnd(Duration longest) throws InterruptedException {
    if (alive()) {
      thread.join(longest);
    }
  }

  boolean alive() {
    return thread.isAlive();
  }

  private void run() throws InterruptedException {
    try {
      while (!ended && leadership.trusted()) {
        Chore next = Collections.min(dueNanos.keySet(), Comparator.comparing(this::waitNanos));
        long wait = waitNanos(next);
        if (wait <= 0) {
          hinted.remove(next); // before it runs: it sees what was hinted at by now
          Duration rest = guarded(next);
          dueNanos.put(next, System.nanoTime() + rest.toNanos());
        } else if (wake.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
          wake.drainPermits();
        }
      }
    } finally {
      dueNanos.keySet().forEach(Chore::end);
    }
  }

  private long waitNanos(Chore chore) {
    long wait = dueNanos.getOrDefault(chore, 0L) - System.nanoTime();
    return hinted.contains(chore) ? Math.min(0, wait) : wait;
  }

  @SuppressWarnings("CatchingUnchecked") // this thread must live
  private Duration guarded(Chore chore) {
    try {
      return chore.run(leadership.token());
    } catch (StoreException.Fenced e) {
      leadership.fenced();
    } catch (StoreException e) {
      LOG.log(DEBUG, "chore will be repeated", e);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "chore failed, will be repeated", e);
    }
    return AFTER_FAILURE;
  }
}
