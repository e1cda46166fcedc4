package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.tracing.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Runs claimed tasks, each on a thread of its own, and records their ends. One pool a leadership.
///
/// Permits bound what is claimed: as many as there are workers, and while tasks are brief a few
/// more, which wait for a worker here (see [Workers]). A task that ends gives its permit back at
/// once, before its end is acknowledged, as long as few ends are unacknowledged; so a small pool is
/// not held up by round trips and a slow Redis still bounds memory.
final class WorkerPool {
  private static final System.Logger LOG = System.getLogger(WorkerPool.class.getName());
  private static final Duration UNKNOWN_TYPE_DELAY = Duration.ofSeconds(5);
  private static final Duration STUCK_AFTER = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final int UNACKNOWLEDGED = 5_000;
  private static final int MOST_UNKNOWN_TYPES = 100; // that are logged
  private static final long PAYLOAD_BYTES = Runtime.getRuntime().maxMemory() / 4;

  private final WorkerConfig config;
  private final Claims store;
  private final Map<String, TaskRunner> runners;
  private final WorkListener listener;
  private final TaskLog log;
  private final Leadership leadership;
  private final Retries retries;
  private final AttemptRunner attemptRunner;
  private final Workers workers;
  private final Semaphore permits;
  private final Semaphore unacknowledged = new Semaphore(UNACKNOWLEDGED);
  private final OutcomeWriter writes;

  /// By task id; from the start until the thread is over and the end is answered, so that
  /// reconciling knows of them.
  private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();

  private final AtomicLong payloadBytes = new AtomicLong(); // of all attempts
  private final Set<String> unknownTypes = ConcurrentHashMap.newKeySet();
  private final Object idle = new Object();
  private volatile boolean stopped;

  WorkerPool(
      WorkerConfig config,
      Claims store,
      Map<String, TaskRunner> runners,
      WorkListener listener,
      TaskLog log,
      Leadership leadership,
      Tracer tracer) {
    this.config = config;
    this.store = store;
    this.runners = runners;
    this.listener = listener;
    this.log = log;
    this.leadership = leadership;
    this.retries = new Retries(config.retries());
    this.attemptRunner =
        new AttemptRunner(leadership.token(), config.maxResultBytes(), retries, tracer);
    this.writes = new OutcomeWriter(leadership, this::signalIdle);
    this.workers = new Workers(config.workers());
    this.permits = new Semaphore(config.workers() + workers.mostAhead());
  }

  /// Takes all free permits; waits for the first.
  ///
  /// @return 0 if none came free in time, or [#longestAbsence] is over
  @SuppressWarnings("ThreadPriorityCheck") // a hint that costs nothing where it does not help
  int takePermits(Duration longest) throws InterruptedException {
    int reserve = workers.mostAhead() - workers.ahead();
    if (!permits.tryAcquire(
        1 + reserve, longestAbsence(longest).toMillis(), TimeUnit.MILLISECONDS)) {
      return 0;
    }
    Thread.yield(); // tasks that end just now give theirs back first: fewer, larger claims
    int free = 1 + permits.drainPermits();
    permits.release(reserve);
    return free;
  }

  /// How long the dispatcher may stay away: not long while claimed tasks wait for a worker.
  Duration longestAbsence(Duration longest) {
    return workers.anyWaits() ? SHORT : longest;
  }

  /// Whether the payloads of running tasks fill their part of the heap: many workers with large
  /// payloads would fill all of it.
  boolean heavy() {
    return payloadBytes.get() > PAYLOAD_BYTES;
  }

  void givePermits(int count) {
    if (count > 0) {
      permits.release(count);
    }
  }

  /// Starts a claimed task under a permit that the caller took, now or when a worker is free; the
  /// permit comes back by itself.
  void start(Claim claim) {
    TaskRunner runner = runners.get(claim.type());
    if (runner == null) {
      requeueUnknownType(claim);
      return;
    }
    Duration timeout = claim.options().get(TaskOption.TIMEOUT).orElse(config.taskTimeout());
    Attempt attempt = new Attempt(claim, System.nanoTime(), timeout);
    Thread.Builder builder = runner.computes() ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    attempt.runsOn(builder.name("task-" + claim.id()).unstarted(() -> run(attempt, runner)));
    payloadBytes.addAndGet(claim.payload().length);
    attempts.put(claim.id(), attempt); // only now: a caller that finds it may interrupt its thread
    workers.add(attempt);
    startWaiting();
  }

  /// Starts nothing any more: waiting tasks stay where they are, and new ones wait with them.
  void startNoMore() {
    stopped = true;
  }

  /// Starts tasks that wait, while workers are free and this node is trusted. What still waits
  /// after that, [#interruptAndReclaim] takes.
  private void startWaiting() {
    while (!stopped && leadership.trusted()) {
      Attempt next = workers.next();
      if (next == null) {
        return;
      }
      next.start();
      reportStart(next);
    }
  }

  private void reportStart(Attempt attempt) {
    listener.began();
    Claim claim = attempt.claim();
    if (claim.attempt() == 1) {
      Instant due = claim.options().dueAt(claim.submittedAt());
      Duration waited =
          Duration.between(due, claim.claimedAt()); // less than 0: run before its time
      listener.started(
          (waited.isNegative() ? Duration.ZERO : waited).plusNanos(attempt.waitedNanos()));
    }
  }

  /// Requeues the tasks that wait for a worker, uncharged and in their order.
  ///
  /// @param onlyIfStale only if they have waited for long
  void requeueWaiting(boolean onlyIfStale) {
    List<Attempt> waiting = onlyIfStale ? workers.clearIfStale() : workers.clear();
    for (Attempt attempt : waiting.reversed()) { // see requeue
      if (attempt.decide(Attempt.Resolution.RECLAIMED)) {
        leave(attempt, 1); // its thread never began
        // Held until that is answered: otherwise reconciling would take it for a claim whose
        // answer was lost.
        requeue(
            attempt.claim(),
            () -> {
              leave(attempt, 1);
              permits.release();
            });
      } else {
        leaveUnstarted(attempt);
      }
    }
  }

  /// Drops one that somebody else has ended before it began.
  private void leaveUnstarted(Attempt attempt) {
    leave(attempt, attempt.resolution() == Attempt.Resolution.RECLAIMED ? 2 : 1);
    permits.release();
  }

  /// Requeues a task of an unknown type for a while, uncharged: during a rolling update another
  /// node may know the type.
  private void requeueUnknownType(Claim claim) {
    if (unknownTypes.size() < MOST_UNKNOWN_TYPES && unknownTypes.add(claim.type())) {
      LOG.log(
          WARNING,
          "no runner for this type, its tasks wait for a leader that has one type=" + claim.type(),
          TaskFields.of(claim, leadership.token()));
    }
    listener.finished("unknown-type", Duration.ZERO);
    permits.release();
    writes.send(
        () -> store.requeue(leadership.token(), claim, UNKNOWN_TYPE_DELAY), false, claim, _ -> {});
  }

  private void run(Attempt attempt, TaskRunner runner) {
    // Not open if it was cancelled while it waited for a worker.
    if (attempt.resolution() == Attempt.Resolution.OPEN) {
      Outcome outcome = attemptRunner.run(attempt, runner);
      workers.ran(attempt.runNanos());
      if (attempt.decide(Attempt.Resolution.ENDED)) {
        record(attempt, outcome, true);
      }
    }
    workers.release();
    startWaiting();
    leave(attempt, attempt.resolution() == Attempt.Resolution.RECLAIMED ? 2 : 1);
    if (attempt.resolution() != Attempt.Resolution.ENDED) {
      // Its end was recorded otherwise, or is another leader's to record.
      permits.release();
    }
  }

  /// @param permit whether the attempt's permit comes back with this
  private void record(Attempt attempt, Outcome outcome, boolean permit) {
    Claim claim = attempt.claim();
    boolean early = unacknowledged.tryAcquire();
    Duration run = Duration.ofNanos(attempt.runNanos());
    writes.send(
        () -> store.end(leadership.token(), claim, outcome),
        AttemptEnd.REFUSED,
        claim,
        end -> {
          if (early) {
            unacknowledged.release();
          } else if (permit) {
            permits.release();
          }
          EndCounts.report(listener, claim, end, outcome, run);
          log.ended(leadership.token(), claim, end, outcome, run);
          leave(attempt, 1);
        });
    if (permit && early) {
      permits.release();
    }
  }

  private void leave(Attempt attempt, int parts) {
    if (attempt.close(parts)) {
      payloadBytes.addAndGet(-attempt.claim().payload().length);
      attempts.remove(attempt.claim().id(), attempt);
      if (attempts.isEmpty()) {
        signalIdle();
      }
    }
  }

  /// Interrupts attempts whose time is over and records their ends; reports those that ignore it.
  void endOverdue() {
    log.tellLeftOut();
    long now = System.nanoTime();
    for (Attempt attempt : attempts.values()) {
      long over = attempt.overdueNanos(now);
      if (over >= 0 && attempt.decide(Attempt.Resolution.TIMED_OUT)) {
        listener.timedOut();
        record(attempt, retries.timeout(attempt.claim(), attempt.timeout()), false);
        attempt.interrupt();
      } else if (over > STUCK_AFTER.toNanos()
          && attempt.resolution() == Attempt.Resolution.TIMED_OUT
          && attempt.firstStuck()) {
        listener.stuck();
        LOG.log(
            WARNING,
            "task ignores its interrupt and keeps a worker id=%s type=%s"
                .formatted(attempt.claim().id(), attempt.claim().type()),
            TaskFields.of(attempt.claim(), leadership.token()));
      }
    }
  }

  /// Interrupts attempts whose tasks somebody cancelled, and records that.
  void cancel(List<String> ids) {
    for (String id : ids) {
      Attempt attempt = attempts.get(id);
      if (attempt != null && attempt.decide(Attempt.Resolution.CANCELLED)) {
        record(attempt, new Outcome.Cancelled(), false);
        attempt.interrupt();
      }
    }
  }

  /// The tasks that run, wait, or whose end is not answered yet, and which attempt that is.
  Map<String, Integer> held() {
    Map<String, Integer> held = new HashMap<>();
    attempts.forEach((id, attempt) -> held.put(id, attempt.claim().attempt()));
    return held;
  }

  Collection<Claim> unrecorded() {
    return writes.unrecorded();
  }

  int running() {
    return attempts.size();
  }

  /// Waits until nothing runs and all ends are answered.
  ///
  /// @return false if the time was over first
  boolean awaitIdle(long deadlineNanos) throws InterruptedException {
    synchronized (idle) {
      while (!(attempts.isEmpty() && writes.areAnswered())) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(idle, Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
      }
      return true;
    }
  }

  private void signalIdle() {
    synchronized (idle) {
      idle.notifyAll();
    }
  }

  /// Interrupts all attempts that still run, and takes the claims of those and of the ones that
  /// wait for a worker back.
  ///
  /// @return the claims that it took back, oldest first
  List<Claim> interruptAndReclaim() {
    List<Claim> reclaimed = new ArrayList<>();
    for (Attempt attempt : workers.clear()) {
      if (attempt.decide(Attempt.Resolution.RECLAIMED)) {
        reclaimed.add(attempt.claim());
      }
      leaveUnstarted(attempt);
    }
    for (Attempt attempt : attempts.values()) {
      if (attempt.decide(Attempt.Resolution.RECLAIMED)) {
        reclaimed.add(attempt.claim());
      }
      attempt.interrupt();
    }
    reclaimed.sort(Comparator.comparing(Claim::id));
    return reclaimed;
  }

  /// Requeues claims to the front of their queues, uncharged, in their order.
  void requeue(List<Claim> claims) {
    // Each call puts its task in front of those before it, so the youngest goes first.
    for (Claim claim : claims.reversed()) {
      requeue(claim, () -> {});
    }
  }

  private void requeue(Claim claim, Runnable answered) {
    listener.finished("requeued", Duration.ZERO);
    writes.send(
        () -> store.requeue(leadership.token(), claim, Duration.ZERO),
        false,
        claim,
        _ -> answered.run());
  }
}
