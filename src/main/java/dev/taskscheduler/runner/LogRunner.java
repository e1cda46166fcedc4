package dev.taskscheduler.runner;

import static java.lang.System.Logger.Level.DEBUG;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// Type `log`, the default: one DEBUG line with the task's id, never its payload.
public final class LogRunner implements TaskRunner {
  private static final System.Logger LOG = System.getLogger(LogRunner.class.getName());

  @Override
  public String type() {
    return "log";
  }

  @Override
  public TaskResult run(TaskRun task) {
    LOG.log(DEBUG, () -> "task runs id=" + task.id() + " type=log attempt=" + task.attempt());
    return TaskResult.NONE;
  }
}
