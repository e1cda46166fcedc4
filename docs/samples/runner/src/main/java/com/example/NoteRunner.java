package com.example;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// Runs tasks of type `note`: prints one line for each, with the task's id.
public final class NoteRunner implements TaskRunner {
  @Override
  public String type() {
    return "note";
  }

  @Override
  public TaskResult run(TaskRun task) throws TaskFailure {
    if (task.payload().length > 1_000) {
      throw TaskFailure.permanent("a note has at most 1000 bytes");
    }
    System.out.println("note of " + task.id());
    return TaskResult.NONE;
  }
}
