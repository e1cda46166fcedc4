package dev.taskscheduler.metrics;

import dev.taskscheduler.handlers.wire.FailedLogin;
import dev.taskscheduler.handlers.wire.HttpListener;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.LeadershipListener;
import dev.taskscheduler.leader.raft.RaftListener;
import dev.taskscheduler.node.WorkListener;
import dev.taskscheduler.process.Version;
import dev.taskscheduler.queue.QueueListener;
import dev.taskscheduler.queue.QueueLoad;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.runner.http.ResponseCategory;
import dev.taskscheduler.runner.http.TargetListener;
import dev.taskscheduler.schedule.ScheduleListener;
import dev.taskscheduler.task.Activity;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.TaskListener;
import dev.taskscheduler.task.TaskOption;
import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Timer;
import io.helidon.webserver.spi.ServerFeature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All meters of a node, by name; each package reports through its own listener.
///
/// Made once in a process: Helidon has one registry that Prometheus can read. A second one takes
/// over the gauges and shares the counters.
public final class Meters
    implements TaskListener,
        LeadershipListener,
        RaftListener,
        WorkListener,
        QueueListener,
        RedisListener,
        TargetListener,
        HttpListener {
  private static final List<String> OUTCOMES =
      List.of(
          "completed",
          "dead",
          "retried",
          "cancelled",
          "expired",
          "requeued",
          "lost",
          "unknown-type");

  /// Those that came to an end of their own; what was interrupted or never begun says nothing of
  /// how long tasks run.
  private static final Set<String> RAN = Set.of("completed", "dead", "retried");

  private final String node;
  private final MeterRegistryWriter registry = new MeterRegistryWriter();
  private final Activity activity = new Activity();
  private final Map<Priority, Counter> submitted;
  private final Map<String, Counter> finished = new ConcurrentHashMap<>();
  private final Map<String, Timer> roundTrips = new ConcurrentHashMap<>();
  private final Map<Answer, Timer> requests = new ConcurrentHashMap<>();
  private final Counter replayed;
  private final Counter duplicates;
  private final Counter retried;
  private final Counter callbacks;
  private final Map<FailedLogin, Counter> failedLogins;
  private final TargetMeters targets;
  private final TypeMeters types = new TypeMeters(registry);
  private final QueueGauges queues = new QueueGauges(registry);
  private final ScheduleMeters schedules = new ScheduleMeters(registry);
  private final Timer wait;
  private final Timer run;
  private final Counter timedOut;
  private final Counter stuck;
  private final Map<RepairKind, Counter> repairs;
  private volatile Duration lastLook = Duration.ZERO;
  private final Counter transitions;
  private final Counter fencedWrites;
  private final Counter redisErrors;
  private volatile @Nullable RaftMeters raft;

  private record Answer(String route, int status) {}

  /// @param node this node's id
  public Meters(String node) {
    this.node = node;
    registry.gauge(
        "scheduler_build_info",
        "1; its labels say which program this is",
        () -> 1,
        "version",
        Version.current(),
        "java",
        Runtime.version().toString());
    submitted =
        registry.counters(
            "scheduler_tasks_submitted",
            "Submissions accepted by this node",
            "priority",
            Priority.class,
            Priority::wire);
    replayed = repeated("replayed");
    duplicates = repeated("duplicate");
    retried =
        registry.counter(
            "scheduler_tasks_brought_back", "Dead and expired tasks retried by a call");
    callbacks =
        registry.counter("scheduler_callbacks", "Callbacks created when tasks completed or died");
    failedLogins =
        registry.counters(
            "scheduler_failed_logins",
            "Requests refused for their token",
            "reason",
            FailedLogin.class,
            JsonText::word);
    targets = new TargetMeters(registry);
    OUTCOMES.forEach(this::finishedBy);
    wait =
        registry.histogram(
            "scheduler_task_wait",
            "Time from when a task was ready to its first start",
            Buckets.WAIT);
    run = registry.histogram("scheduler_task_run", "Run time of an attempt", Buckets.RUN);
    timedOut = registry.counter("scheduler_tasks_timed_out", "Attempts that timed out");
    stuck = registry.counter("scheduler_tasks_stuck", "Attempts that ignored their interrupt");
    repairs =
        registry.counters(
            "scheduler_repairs",
            "Inconsistencies in Redis that were repaired",
            "kind",
            RepairKind.class,
            TaskOption::word);
    registry.gauge(
        "scheduler_repair_pass_seconds",
        "Duration of this node's last repair pass over Redis, 0 before the first",
        () -> lastLook.toMillis() / 1e3);
    transitions =
        registry.counter(
            "scheduler_leader_transitions",
            "Times this node became leader or stopped being leader");
    fencedWrites =
        registry.counter(
            "scheduler_fenced_writes", "Writes of this node refused because another node leads");
    redisErrors = registry.counter("scheduler_redis_errors", "Round trips to Redis that failed");
  }

  /// Adds the gauges that read the parts of a partition.
  public void gauges(GaugeSources sources) {
    leadershipGauges(sources);
    TaskGauges.add(registry, sources);
    storeGauges(sources);
  }

  private void leadershipGauges(GaugeSources sources) {
    registry.gauge(
        "scheduler_is_leader",
        "1 if this node leads, else 0",
        () -> sources.leadership().get().isPresent() ? 1 : 0,
        "node",
        node);
    registry.gauge(
        "scheduler_leader_epoch",
        "The epoch of this node's leadership, 0 if it does not lead",
        () -> sources.leadership().get().map(leads -> leads.token().epoch()).orElse(0L));
    registry.gauge(
        "scheduler_leader_trust_seconds",
        "Time until this node's trust in its lease ends, 0 if it does not lead",
        () ->
            sources
                .leadership()
                .get()
                .map(leads -> leads.trustLeft().toMillis() / 1e3)
                .orElse(0.0));
  }

  private void storeGauges(GaugeSources sources) {
    registry.gauge(
        "scheduler_redis_up",
        "1 if Redis answered the last call, else 0",
        () -> sources.store().get().available() ? 1 : 0);
    registry.gauge(
        "scheduler_redis_unsafe",
        "1 if Redis answers but may lose tasks or refuse new ones: see problem in /health",
        () -> {
          StoreHealth health = sources.store().get();
          return health.available() && health.problem().isPresent() ? 1 : 0;
        });
    registry.gauge(
        "scheduler_damaged_entries",
        "Entries in Redis that could not be read and were set aside: see redis in /health",
        () -> sources.store().get().damaged());
  }

  /// What this node does, added up for the history of all nodes.
  public Activity activity() {
    return activity;
  }

  /// Serves `/metrics`.
  public ServerFeature feature() {
    return registry.feature();
  }

  @Override
  public void submitted(Priority priority) {
    activity.submitted();
    increment(submitted, priority, 1);
  }

  private static <K> void increment(Map<K, Counter> counters, K key, int times) {
    Counter counter = counters.get(key);
    if (counter != null) {
      counter.increment(times);
    }
  }

  private Counter repeated(String reason) {
    return registry.counter(
        "scheduler_submissions_repeated",
        "Submissions that stored nothing: replayed under their Idempotency-Key, or duplicate by"
            + " their uniqueKey",
        "how",
        reason);
  }

  /// The meters of schedules.
  public ScheduleListener schedules() {
    return schedules;
  }

  @Override
  public void replayed() {
    replayed.increment();
  }

  @Override
  public void duplicate() {
    duplicates.increment();
  }

  /// It ended without an attempt, and is counted among those that were cancelled while they ran.
  @Override
  public void cancelled() {
    finishedBy("cancelled").increment();
  }

  @Override
  public void retried() {
    retried.increment();
  }

  @Override
  public void callbackMade() {
    callbacks.increment();
  }

  @Override
  public void busiest(List<QueueLoad> loads) {
    queues.show(loads);
  }

  @Override
  public void requestEnded(String type, ResponseCategory category) {
    targets.requestEnded(type, category);
  }

  @Override
  public void started(Duration waited) {
    wait.record(waited.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void began() {
    activity.started();
  }

  @Override
  public void finished(String outcome, Duration ran) {
    switch (outcome) {
      case "completed" -> activity.completed();
      case "dead", "retried" -> activity.failed();
      default -> {} // it did not fail by itself
    }
    finishedBy(outcome).increment();
    if (RAN.contains(outcome) && !ran.isZero()) {
      run.record(ran.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void ended(String type, String queue, String outcome, Duration ran) {
    types.ended(type, queue, outcome, ran);
  }

  private Counter finishedBy(String outcome) {
    Counter counter = finished.get(outcome); // a plain get first: computeIfAbsent may lock
    return counter != null
        ? counter
        : finished.computeIfAbsent(
            outcome,
            o -> registry.counter("scheduler_tasks_finished", "Attempts that ended", "outcome", o));
  }

  @Override
  public void timedOut() {
    timedOut.increment();
  }

  @Override
  public void stuck() {
    stuck.increment();
  }

  @Override
  public void repaired(RepairKind kind, int times) {
    increment(repairs, kind, times);
  }

  @Override
  public void lookedThrough(Duration took) {
    lastLook = took;
  }

  @Override
  public void transition(boolean leading) {
    transitions.increment();
  }

  /// Adds the meters of a node that is in a Raft group.
  public void raft(Supplier<Optional<ElectionStatus>> status) {
    raft = new RaftMeters(registry, status);
  }

  @Override
  public void elected() {
    RaftMeters meters = raft;
    if (meters != null) {
      meters.elected();
    }
  }

  @Override
  public void transferred(boolean done) {
    RaftMeters meters = raft;
    if (meters != null) {
      meters.transferred(done);
    }
  }

  @Override
  public void fencedWrite() {
    fencedWrites.increment();
  }

  @Override
  public void roundTrip(String script, long nanos, boolean failed) {
    Timer timer = roundTrips.get(script); // a plain get first: computeIfAbsent may lock
    (timer == null ? roundTrips.computeIfAbsent(script, this::roundTripsOf) : timer)
        .record(nanos, TimeUnit.NANOSECONDS);
    if (failed) {
      redisErrors.increment();
    }
  }

  @Override
  public void answered(String route, int status, long nanos) {
    var answer = new Answer(route, status);
    Timer timer = requests.get(answer);
    (timer == null ? requests.computeIfAbsent(answer, this::requestsOf) : timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer roundTripsOf(String script) {
    String description = "Round trips to Redis, including the wait for a connection";
    return registry.histogram(
        "scheduler_redis_round_trip", description, Buckets.REDIS, "script", script);
  }

  private Timer requestsOf(Answer answer) {
    String status = String.valueOf(answer.status);
    String[] tags = {"route", answer.route, "status", status};
    return registry.histogram("scheduler_http_requests", "Requests answered", Buckets.HTTP, tags);
  }

  @Override
  public void loginFailed(FailedLogin why) {
    increment(failedLogins, why, 1);
  }
}
