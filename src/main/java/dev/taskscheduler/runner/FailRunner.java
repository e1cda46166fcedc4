package dev.taskscheduler.runner;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// Type `fail`, for trying things out: every attempt fails with `{"error": "..."}`.
public final class FailRunner implements TaskRunner {
  @Override
  public String type() {
    return "fail";
  }

  /// @throws IllegalStateException always
  @Override
  public TaskResult run(TaskRun task) {
    throw new IllegalStateException(
        Payload.field(task.payload(), "error").orElse("this task was submitted to fail"));
  }
}
