package dev.taskscheduler.node;

import dev.taskscheduler.leader.LeaderWork;
import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.runner.TaskRunner;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.TaskMaintenance;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The work of this node while it leads: one [Tenure] for each leadership, nothing in between.
public final class SchedulerNode implements LeaderWork {
  private final WorkerConfig config;
  private final Claims claims;
  private final TaskMaintenance maintenance;
  private final Map<String, TaskRunner> runners;
  private final WorkListener listener;
  private final AtomicReference<@Nullable Tenure> tenure = new AtomicReference<>();
  private final AtomicReference<@Nullable Tenure> unsettled = new AtomicReference<>();

  /// @param runners by type
  public SchedulerNode(
      WorkerConfig config,
      Claims claims,
      TaskMaintenance maintenance,
      Map<String, TaskRunner> runners,
      WorkListener listener) {
    this.config = config;
    this.claims = claims;
    this.maintenance = maintenance;
    this.runners = Map.copyOf(runners);
    this.listener = listener;
    claims.listen(signal -> current().ifPresent(tenure -> tenure.hint(signal)));
  }

  private Optional<Tenure> current() {
    return Optional.ofNullable(tenure.get());
  }

  @Override
  public void begin(Leadership leadership) {
    Carriers.watch();
    WorkerPool pool = new WorkerPool(config, claims, runners, listener, leadership);
    Tenure begun =
        new Tenure(
            leadership,
            claims,
            maintenance,
            pool,
            new WeightedRoundRobin(config.priorities()),
            config.repairEvery(),
            listener);
    tenure.set(begun);
    begun.begin();
  }

  @Override
  public void end(boolean planned, Duration drain, Runnable ended) {
    Tenure last = tenure.get();
    if (last == null) {
      ended.run();
      return;
    }
    last.end(
        planned,
        drain,
        () -> {
          unsettled.set(last);
          tenure.compareAndSet(last, null);
          ended.run();
        });
  }

  @Override
  public Duration sinceStep() {
    return current().map(Tenure::sinceStep).orElse(Duration.ZERO);
  }

  @Override
  public boolean settle() {
    Tenure last = unsettled.get();
    if (last == null) {
      return true;
    }
    boolean settled = last.settle();
    if (settled) {
      unsettled.compareAndSet(last, null);
    }
    return settled;
  }

  /// Tasks that run on this node now; 0 while it does not lead.
  public int running() {
    return current().map(Tenure::running).orElse(0);
  }
}
