package dev.taskscheduler;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import java.nio.charset.StandardCharsets;

/// Type `probe`: sleeps for the milliseconds in its payload and writes its start and its end down.
public final class ProbeRunner implements TaskRunner {
  @Override
  public String type() {
    return "probe";
  }

  @Override
  public TaskResult run(TaskRun task) throws InterruptedException {
    tell("start", task);
    Thread.sleep(Long.parseLong(new String(task.payload(), StandardCharsets.UTF_8)));
    tell("end", task);
    return TaskResult.NONE;
  }

  private static void tell(String what, TaskRun task) {
    Probe.write(
        what
            + " "
            + System.nanoTime()
            + " "
            + task.token().epoch()
            + " "
            + task.id()
            + " "
            + task.attempt());
  }
}
