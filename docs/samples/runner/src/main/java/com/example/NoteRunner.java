package com.example;

import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs tasks of type `note`: prints one line for each, with the task's id.
public final class NoteRunner implements TaskRunner {
  private static final int MAX_BYTES = 1_000;

  @Override
  public String type() {
    return "note";
  }

  /// A submission with such a payload is refused with 400.
  @Override
  public List<PayloadError> payloadErrors(byte[] payload) {
    return payload.length <= MAX_BYTES
        ? List.of()
        : List.of(new PayloadError("", "must have at most " + MAX_BYTES + " bytes"));
  }

  @Override
  public TaskResult run(TaskRun task) throws TaskFailure {
    if (task.payload().length > MAX_BYTES) { // accepted by an older runner
      throw TaskFailure.permanent("a note has at most " + MAX_BYTES + " bytes");
    }
    System.out.println("note of " + task.id());
    String result = "{\"bytes\":" + task.payload().length + "}";
    return new TaskResult(result.getBytes(StandardCharsets.UTF_8));
  }
}
