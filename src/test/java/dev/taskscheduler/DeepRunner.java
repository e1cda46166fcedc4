package dev.taskscheduler;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// Type `deep`: calls itself until the stack is used up.
public final class DeepRunner implements TaskRunner {
  @Override
  public String type() {
    return "deep";
  }

  @Override
  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  public TaskResult run(TaskRun task) {
    return run(task);
  }
}
