package dev.taskscheduler.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.task.NewTask;
import java.time.Instant;
import java.util.Arrays;

/// Makes the task of one fire from a schedule's task.
public final class TaskTemplate {
  /// Stands in a payload for the planned instant, which replaces it as RFC 3339 has it, in UTC.
  public static final String SCHEDULED_AT = "{{scheduledAt}}";

  private static final byte[] MARK = SCHEDULED_AT.getBytes(UTF_8);

  private TaskTemplate() {}

  /// The task with the planned instant in its payload.
  public static NewTask at(NewTask task, Instant planned) {
    byte[] payload = task.payload();
    if (find(payload, 0) < 0) {
      return task; // nearly always
    }
    String text = new String(payload, UTF_8).replace(SCHEDULED_AT, planned.toString());
    return new NewTask(
        task.priority(), task.type(), text.getBytes(UTF_8), task.options(), task.terms());
  }

  private static int find(byte[] payload, int from) {
    for (int i = from; i <= payload.length - MARK.length; i++) {
      if (payload[i] == MARK[0]
          && Arrays.equals(payload, i, i + MARK.length, MARK, 0, MARK.length)) {
        return i;
      }
    }
    return -1;
  }
}
