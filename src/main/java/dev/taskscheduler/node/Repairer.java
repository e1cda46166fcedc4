package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskMaintenance;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks through all that stands in Redis, soon after recovery and then again and again, and has
/// put right what is wrong: a task in no index, or in two, or an index entry without its task.
///
/// It rests between its calls for so long that it takes a twentieth of Redis's time at the most.
/// Its thread is never interrupted; it ends because [#end] was called or trust is over.
final class Repairer {
  private static final System.Logger LOG = System.getLogger(Repairer.class.getName());

  /// After taking over there is more urgent work.
  private static final Duration FIRST = Duration.ofSeconds(2);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
  private static final int REST = 19; // times as long as a call

  /// The quickest of so many calls tells what a call takes of Redis: the rest of a slower one's
  /// time it waited for its turn, as a rule.
  private static final int CALLS = 16;

  private static final int MOST_WAITED = 4; // parts of a call, of which one is Redis's in any case
  private static final Duration LONG_CALL = Duration.ofMillis(10); // Redis's own, not a wait
  private static final Duration LEAST_REST = Duration.ofMillis(1);
  private static final Duration LONGEST_REST = Duration.ofSeconds(2);

  private final Leadership leadership;
  private final TaskMaintenance store;
  private final Duration every;
  private final WorkListener listener;
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean ended;
  private volatile boolean hinted;
  private volatile @Nullable Thread thread;

  /// @param every how long after a pass the next one begins
  Repairer(Leadership leadership, TaskMaintenance store, Duration every, WorkListener listener) {
    this.leadership = leadership;
    this.store = store;
    this.every = every;
    this.listener = listener;
  }

  /// Only after recovery: what runs under another token counts as damage.
  void begin() {
    thread = VitalThreads.virtual("repairer", this::repair);
    thread.start();
  }

  /// There may be something to repair: the next pass is not to be waited for long.
  void hint() {
    hinted = true;
    wake.release();
  }

  /// Ends it, at once or after the call that is under way.
  void end() {
    ended = true;
    wake.release();
  }

  void awaitEnd(Duration longest) throws InterruptedException {
    Thread begun = thread;
    if (begun != null) {
      begun.join(longest);
    }
  }

  boolean alive() {
    Thread begun = thread;
    return begun != null && begun.isAlive();
  }

  private void repair() {
    try {
      Duration wait = FIRST;
      while (waited(wait)) {
        hinted = false;
        wait = pass() ? every : AFTER_FAILURE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for the next pass, which begins sooner where there was a hint.
  ///
  /// @return whether to go on
  private boolean waited(Duration wait) throws InterruptedException {
    long begun = System.nanoTime();
    long left = wait.toNanos();
    while (rested(Duration.ofNanos(Math.max(0, left)))) {
      Duration whole = hinted && wait.compareTo(FIRST) > 0 ? FIRST : wait;
      left = begun + whole.toNanos() - System.nanoTime();
      if (left <= 0) {
        return true;
      }
    }
    return false;
  }

  /// Rests, or less where it is woken.
  ///
  /// @return whether to go on
  private boolean rested(Duration wait) throws InterruptedException {
    if (leadership.trusted() && !ended && wake.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
      wake.drainPermits();
    }
    return leadership.trusted() && !ended;
  }

  /// @return false if it failed
  private boolean pass() throws InterruptedException {
    RepairPass pass = store.repair(leadership.token());
    long begun = System.nanoTime();
    long[] calls = new long[CALLS];
    Arrays.fill(calls, Long.MAX_VALUE);
    boolean more = true;
    try {
      for (int call = 0; more; call++) {
        long start = System.nanoTime();
        more = pass.step();
        calls[call % CALLS] = System.nanoTime() - start;
        if (more && !rested(rest(calls, calls[call % CALLS]))) {
          return true;
        }
      }
      return true;
    } catch (StoreException.Fenced e) {
      leadership.fenced();
      return false;
    } catch (RuntimeException e) { // most of all a StoreException
      LOG.log(WARNING, "looking through Redis failed and will be begun anew", e);
      return false;
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      tell(pass, took);
      if (!more) {
        listener.lookedThrough(took);
      }
    }
  }

  private static Duration rest(long[] calls, long last) {
    long quickest = Arrays.stream(calls).min().orElse(last);
    long own = last > LONG_CALL.toNanos() ? last : Math.max(quickest, last / MOST_WAITED);
    Duration rest = Duration.ofNanos(own).multipliedBy(REST);
    if (rest.compareTo(LEAST_REST) < 0) {
      return LEAST_REST;
    }
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }

  private void tell(RepairPass pass, Duration took) {
    Map<RepairKind, Integer> repaired = new TreeMap<>(pass.repaired());
    repaired.forEach(listener::repaired);
    StringBuilder kinds = new StringBuilder();
    repaired.forEach(
        (kind, times) -> kinds.append(' ').append(kind.wire()).append('=').append(times));
    LOG.log(
        repaired.isEmpty() ? DEBUG : WARNING,
        () ->
            "looked through Redis, repaired"
                + (repaired.isEmpty() ? " nothing" : kinds)
                + " unsettled="
                + pass.unsettled()
                + " tookMs="
                + took.toMillis());
  }
}
