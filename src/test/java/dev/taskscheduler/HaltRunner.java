package dev.taskscheduler;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// Type `halt`: ends the process at once, as a kill or a defect in native code would.
public final class HaltRunner implements TaskRunner {
  private static final int KILLED = 137;

  @Override
  public String type() {
    return "halt";
  }

  @Override
  public TaskResult run(TaskRun task) {
    Runtime.getRuntime().halt(KILLED);
    return TaskResult.NONE;
  }
}
