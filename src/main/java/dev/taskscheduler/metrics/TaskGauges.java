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
  private final MeterRegistryWriter book;
  private final GaugeSources levels;

  private TaskGauges(MeterRegistryWriter book, GaugeSources levels) {
    this.book = book;
    this.levels = levels;
  }

  static void add(MeterRegistryWriter book, GaugeSources levels) {
    var gauges = new TaskGauges(book, levels);
    gauges.counts();
    gauges.pauses();
  }

  private void counts() {
    book.gauge(
        "scheduler_tasks_total",
        "What the leader has before it, ready and running; 0 on a follower",
        () -> levels.queueSize().getAsLong());
    for (Priority priority : Priority.values()) {
      book.gauge(
          "scheduler_tasks_ready",
          "Tasks in Redis that may run now, and those of a paused type or priority",
          counted(counts -> counts.ready().getOrDefault(priority, 0L)),
          "priority",
          priority.wire());
      book.gauge(
          "scheduler_tasks_oldest_seconds",
          "For how long the first ready task could have run, 0 if there is none; those set aside"
              + " for a paused type are not asked",
          known(counts -> seconds(counts.waited().getOrDefault(priority, Duration.ZERO))),
          "priority",
          priority.wire());
    }
    book.gauge("scheduler_tasks_running", "Tasks in Redis that run", counted(TaskCounts::running));
    book.gauge(
        "scheduler_tasks_scheduled",
        "Tasks in Redis that are due later, retries among them",
        counted(TaskCounts::scheduled));
    book.gauge(
        "scheduler_tasks_dead",
        "Dead tasks that Redis still keeps, callbacks among them",
        counted(TaskCounts::dead));
  }

  private void pauses() {
    book.gauge(
        "scheduler_paused",
        "1 if everything is paused, else 0",
        () -> levels.paused().get().contains(new Pause.All()) ? 1 : 0);
    for (Priority priority : Priority.values()) {
      book.gauge(
          "scheduler_paused_priority",
          "1 if this priority is paused, else 0",
          () -> levels.paused().get().contains(new Pause.OfPriority(priority)) ? 1 : 0,
          "priority",
          priority.wire());
    }
    book.gauge(
        "scheduler_paused_types",
        "How many types are paused",
        () -> levels.paused().get().stream().filter(Pause.OfType.class::isInstance).count());
  }

  private Supplier<Number> counted(ToLongFunction<TaskCounts> count) {
    return known(count::applyAsLong);
  }

  private Supplier<Number> known(Function<TaskCounts, Number> level) {
    return () ->
        levels
            .counts()
            .get()
            .map(level)
            .orElse(Double.NaN); // not 0: nobody should believe that nothing waits
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
