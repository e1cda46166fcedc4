package dev.taskscheduler.runner;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// Type `sleep`, for trying things out: waits for `{"ms": 250}` milliseconds, a second if the
/// payload names none.
public final class SleepRunner implements TaskRunner {
  private static final String DEFAULT_MS = "1000";

  @Override
  public String type() {
    return "sleep";
  }

  /// @throws NumberFormatException if `ms` is not a whole number
  @Override
  public TaskResult run(TaskRun task) throws InterruptedException {
    long ms = Long.parseLong(Payload.field(task.payload(), "ms").orElse(DEFAULT_MS));
    Thread.sleep(Math.max(0, ms));
    return TaskResult.NONE;
  }
}
