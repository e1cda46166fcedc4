package dev.taskscheduler;

import dev.taskscheduler.runner.TaskResult;
import dev.taskscheduler.runner.TaskRun;
import dev.taskscheduler.runner.TaskRunner;

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
