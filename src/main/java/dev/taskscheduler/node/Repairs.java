package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskMaintenance;
import dev.taskscheduler.task.TaskOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Checks all keys in Redis soon after recovery, then at an interval, and repairs inconsistencies.
/// These are a task in no index, or in two, or an index entry without its task.
///
/// Each run is one step. It rests between steps for so long that it takes a twentieth of Redis's
/// time at most.
final class Repairs implements Chore {
  private static final System.Logger LOG = System.getLogger(Repairs.class.getName());

  /// A new leader has more urgent work.
  private static final Duration FIRST = Duration.ofSeconds(2);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
  private static final int REST = 19; // times as long as a call

  /// The quickest of so many calls shows how long a call takes in Redis: a slower one waited for
  /// its turn, as a rule.
  private static final int CALLS = 16;

  private static final int MOST_WAITED = 4; // parts of a call, of which one is Redis's in any case
  private static final Duration LONG_CALL = Duration.ofMillis(10); // Redis's own, not a wait
  private static final Duration LEAST_REST = Duration.ofMillis(1);
  private static final Duration LONGEST_REST = Duration.ofSeconds(2);

  private final TaskMaintenance store;
  private final Duration every;
  private final WorkListener listener;
  private volatile boolean hinted;

  private @Nullable RepairPass pass; // the thread's alone, as are the next
  private final long[] callNanos = new long[CALLS];
  private int calls;
  private long startNanos; // of the pass
  private long restNanos = System.nanoTime(); // when the last pass ended
  private Duration rest = FIRST;

  /// @param every how long after a pass the next one begins
  Repairs(TaskMaintenance store, Duration every, WorkListener listener) {
    this.store = store;
    this.every = every;
    this.listener = listener;
  }

  /// There may be something to repair: the next pass begins soon.
  void hint() {
    hinted = true;
  }

  @Override
  public Duration run(FencingToken token) {
    RepairPass current = pass;
    if (current == null) {
      Duration wait = untilNextPass();
      if (wait.isPositive()) {
        return wait;
      }
      hinted = false;
      current = begin(token);
    }
    long start = System.nanoTime();
    try {
      if (current.step()) {
        return afterCall(System.nanoTime() - start);
      }
    } catch (StoreException.Fenced e) {
      throw e;
    } catch (RuntimeException e) { // most of all a StoreException
      LOG.log(WARNING, "repair pass failed, will be repeated", e);
      return endPass(AFTER_FAILURE);
    }
    Duration next = endPass(every);
    listener.lookedThrough(Duration.ofNanos(restNanos - startNanos));
    return next;
  }

  private Duration endPass(Duration newRest) {
    end();
    rest = newRest;
    return untilNextPass();
  }

  private RepairPass begin(FencingToken token) {
    startNanos = System.nanoTime();
    Arrays.fill(callNanos, Long.MAX_VALUE);
    RepairPass begun = store.repair(token);
    pass = begun;
    return begun;
  }

  private Duration untilNextPass() {
    Duration whole = hinted && rest.compareTo(FIRST) > 0 ? FIRST : rest;
    return whole.minusNanos(System.nanoTime() - restNanos);
  }

  /// How long to rest after a call.
  private Duration afterCall(long nanos) {
    callNanos[calls++ % CALLS] = nanos;
    long quickest = Arrays.stream(callNanos).min().orElse(nanos);
    long own = nanos > LONG_CALL.toNanos() ? nanos : Math.max(quickest, nanos / MOST_WAITED);
    return Duration.ofNanos(Math.clamp(own * REST, LEAST_REST.toNanos(), LONGEST_REST.toNanos()));
  }

  /// Reports what the pass has repaired, also where it was cut short.
  @Override
  public void end() {
    RepairPass ended = pass;
    if (ended == null) {
      return;
    }
    pass = null;
    restNanos = System.nanoTime();
    Map<RepairKind, Integer> repaired = new TreeMap<>(ended.repaired());
    repaired.forEach(listener::repaired);
    StringBuilder kinds = new StringBuilder();
    repaired.forEach(
        (kind, times) -> kinds.append(' ').append(TaskOption.word(kind)).append('=').append(times));
    LOG.log(
        repaired.isEmpty() ? DEBUG : WARNING,
        () ->
            "repair pass finished, repaired%s unsettled=%s tookMs=%s"
                .formatted(
                    repaired.isEmpty() ? " nothing" : kinds,
                    ended.unsettled(),
                    (restNanos - startNanos) / 1_000_000));
  }
}
