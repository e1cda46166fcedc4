package dev.taskscheduler.metrics;

import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskCounts;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Gauges of tasks: how many are in each state, how old the first ones are, and what is paused.
final class TaskGauges {
  private final MeterRegistryWriter registry;
  private final GaugeSources sources;

  private TaskGauges(MeterRegistryWriter registry, GaugeSources sources) {
    this.registry = registry;
    this.sources = sources;
  }

  static void add(MeterRegistryWriter registry, GaugeSources sources) {
    var gauges = new TaskGauges(registry, sources);
    gauges.counts();
    gauges.pauses();
  }

  private void counts() {
    registry.gauge(
        "scheduler_tasks_total",
        "Ready and running tasks of the leader; 0 on a follower",
        () -> sources.queueSize().getAsLong());
    for (Priority priority : Priority.values()) {
      registry.gauge(
          "scheduler_tasks_ready",
          "Ready tasks in Redis, including those of a paused queue or priority",
          counted(counts -> counts.ready().getOrDefault(priority, 0L)),
          "priority",
          priority.wire());
      registry.gauge(
          "scheduler_tasks_oldest_seconds",
          "How long the first ready task has been ready, 0 if there is none; tasks of a queue"
              + " that is paused, closed or at a limit are not counted",
          known(counts -> seconds(counts.waited().getOrDefault(priority, Duration.ZERO))),
          "priority",
          priority.wire());
    }
    registry.gauge(
        "scheduler_tasks_running", "Running tasks in Redis", counted(TaskCounts::running));
    registry.gauge(
        "scheduler_tasks_scheduled",
        "Scheduled tasks in Redis, including retries",
        counted(TaskCounts::scheduled));
    registry.gauge(
        "scheduler_tasks_dead",
        "Dead tasks in Redis, including callbacks",
        counted(TaskCounts::dead));
  }

  private void pauses() {
    registry.gauge(
        "scheduler_paused",
        "1 if everything is paused, else 0",
        () -> sources.paused().get().contains(new Pause.All()) ? 1 : 0);
    for (Priority priority : Priority.values()) {
      registry.gauge(
          "scheduler_paused_priority",
          "1 if this priority is paused, else 0",
          () -> sources.paused().get().contains(new Pause.OfPriority(priority)) ? 1 : 0,
          "priority",
          priority.wire());
    }
    registry.gauge(
        "scheduler_paused_queues",
        "Number of paused queues and patterns of queues",
        () -> sources.paused().get().stream().filter(Pause.OfQueue.class::isInstance).count());
  }

  private Supplier<Number> counted(ToLongFunction<TaskCounts> count) {
    return known(count::applyAsLong);
  }

  private Supplier<Number> known(Function<TaskCounts, Number> level) {
    return () ->
        sources
            .counts()
            .get()
            .map(level)
            .orElse(Double.NaN); // not 0: nobody should believe that nothing waits
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
