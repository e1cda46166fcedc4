package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.schedule.TaskTemplate;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

/// Makes the tasks that schedules submit. The id of a fire's task follows from the schedule and the
/// planned instant, so that each instant has one task, whoever fires it and however often.
final class FireTasks {
  private final String namespace;

  FireTasks(String namespace) {
    this.namespace = namespace;
  }

  /// An id in the form of UUID version 7: the planned instant, then a hash.
  ///
  /// @param kind what else tells it from others: empty for a planned fire
  String id(String schedule, Instant planned, String kind) {
    long ms = Math.max(0, planned.toEpochMilli());
    ByteBuffer hash =
        ByteBuffer.wrap(
            sha256().digest(String.join("\n", namespace, schedule, kind, "" + ms).getBytes(UTF_8)));
    return "%08x-%04x-7%03x-%04x-%012x"
        .formatted(
            ms >>> 16,
            ms & 0xffff,
            hash.getShort() & 0xfff,
            hash.getShort() & 0x3fff | 0x8000,
            hash.getLong() & 0xffff_ffff_ffffL);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// What a record holds of the task of one fire.
  ///
  /// @param missed how many instants before it did not fire
  static byte[] body(String schedule, NewTask template, Instant planned, int missed) {
    NewTask task = TaskTemplate.at(template, planned);
    TaskOptions options =
        task.options().with(TaskOption.SCHEDULE, schedule).with(TaskOption.SCHEDULED_AT, planned);
    return TaskRecordCodec.body(
        task.options(missed == 0 ? options : options.with(TaskOption.MISSED, missed)));
  }
}
