package dev.taskscheduler.node;

import dev.taskscheduler.leader.LeaderWork;
import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.ScheduleListener;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.TaskMaintenance;
import dev.taskscheduler.tracing.Tracer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Does the leader's work: for each leadership a [WorkerPool], a [Dispatcher], the [Chore]s with
/// their threads, and the [Drain] that ends all of it.
public final class SchedulerNode implements LeaderWork {
  private static final int MOST = 500; // tasks in one call
  private static final Duration EACH_SECOND = Duration.ofSeconds(1);

  /// An attempt may run longer than its timeout by no more than this.
  private static final Duration OVERDUE_CHECK = Duration.ofMillis(250);

  private final WorkerConfig config;
  private final Claims claims;
  private final TaskMaintenance store;
  private final Map<String, TaskRunner> runners;
  private final WorkListener listener;
  private final Scheduling scheduling;
  private final Tracer tracer;
  private final TaskLog log = new TaskLog(System::nanoTime);
  private final AtomicReference<@Nullable Work> current = new AtomicReference<>();
  private final AtomicReference<@Nullable Drain> last = new AtomicReference<>();

  /// The leader's part in schedules.
  ///
  /// @param file schedules that are kept as they stand in a file; empty while there are none
  public record Scheduling(
      Fires fires,
      ScheduleListener listener,
      Schedules schedules,
      Supplier<Optional<Map<String, NewSchedule>>> file) {}

  /// The work of one leadership.
  private final class Work {
    final WorkerPool pool;
    final Dispatcher dispatcher;
    final Repairs repairs = new Repairs(store, config.repairEvery(), listener);
    final Chore promote;
    final Chore cancel;
    final Chore fire;
    final Maintenance maintenance;
    final Maintenance repairing; // on a thread of its own: a step may take long
    final Drain drain;

    Work(Leadership leadership) {
      pool = new WorkerPool(config, claims, runners, listener, log, leadership, tracer);
      dispatcher =
          new Dispatcher(
              leadership,
              claims,
              pool,
              new WeightedRoundRobin(config.priorities()),
              listener,
              this::beginChores);
      promote =
          token -> {
            TaskMaintenance.Promoted promoted = store.promote(token, MOST);
            if (promoted.promoted() > 0) {
              dispatcher.hint(); // sooner than by way of Redis
            }
            Duration next = promoted.promoted() == MOST ? Duration.ZERO : promoted.nextDue();
            return next.compareTo(EACH_SECOND) < 0 ? next : EACH_SECOND; // a hint may get lost
          };
      cancel =
          token -> {
            pool.cancel(store.cancelling(token));
            return EACH_SECOND;
          };
      fire = new FireSchedules(scheduling.fires(), dispatcher::hint, scheduling.listener());
      Chore clean = token -> untilNext(store.clean(token, MOST));
      Chore endOverdue =
          token -> {
            pool.endOverdue();
            return OVERDUE_CHECK;
          };
      maintenance =
          new Maintenance(
              "maintenance", leadership, List.of(endOverdue, cancel, promote, fire, clean));
      Chore apply = new ApplySchedules(scheduling.schedules(), scheduling.file());
      repairing = new Maintenance("repairs", leadership, List.of(repairs, apply));
      Unsettled unsettled = new Unsettled(leadership.token(), claims, listener);
      drain = new Drain(leadership, pool, dispatcher, maintenance, repairing, unsettled);
    }

    void hint(Claims.Signal signal) {
      switch (signal) {
        case READY -> dispatcher.hint();
        case CANCEL -> maintenance.hint(cancel);
        case DUE -> {
          maintenance.hint(promote);
          maintenance.hint(fire);
        }
        case SET_ASIDE -> {
          repairs.hint();
          repairing.hint(repairs);
        }
      }
    }

    private void beginChores() {
      maintenance.begin();
      repairing.begin();
    }
  }

  private static Duration untilNext(int done) {
    return done == MOST ? Duration.ZERO : EACH_SECOND;
  }

  /// @param runners by type
  public SchedulerNode(
      WorkerConfig config,
      Claims claims,
      TaskMaintenance store,
      Map<String, TaskRunner> runners,
      WorkListener listener,
      Scheduling scheduling) {
    this(config, claims, store, runners, listener, scheduling, Tracer.NONE);
  }

  /// @param tracer records attempts
  public SchedulerNode(
      WorkerConfig config,
      Claims claims,
      TaskMaintenance store,
      Map<String, TaskRunner> runners,
      WorkListener listener,
      Scheduling scheduling,
      Tracer tracer) {
    this.tracer = tracer;
    this.scheduling = scheduling;
    this.config = config;
    this.claims = claims;
    this.store = store;
    this.runners = Map.copyOf(runners);
    this.listener = listener;
    claims.listen(signal -> current().ifPresent(work -> work.hint(signal)));
  }

  private Optional<Work> current() {
    return Optional.ofNullable(current.get());
  }

  @Override
  public void begin(Leadership leadership) {
    Work work = new Work(leadership);
    current.set(work);
    work.dispatcher.begin();
  }

  @Override
  public void end(boolean planned, Duration drain, Runnable ended) {
    Work work = current.get();
    if (work == null) {
      ended.run();
      return;
    }
    work.drain.begin(
        planned,
        drain,
        () -> {
          last.set(work.drain);
          current.compareAndSet(work, null);
          ended.run();
        });
  }

  @Override
  public Duration sinceStep() {
    return current().map(work -> work.dispatcher.sinceStep()).orElse(Duration.ZERO);
  }

  @Override
  public boolean settle() {
    Drain drain = last.get();
    boolean settled = drain == null || drain.settle();
    if (settled) {
      last.compareAndSet(drain, null);
    }
    return settled;
  }

  /// Tasks that run on this node now; 0 while it does not lead.
  public int running() {
    return current().map(work -> work.pool.running()).orElse(0);
  }
}
