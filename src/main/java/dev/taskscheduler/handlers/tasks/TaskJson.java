package dev.taskscheduler.handlers.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes tasks: what each answer about one says of it.
final class TaskJson {
  private TaskJson() {}

  /// What is known of it without its payload.
  static void write(JsonGenerator json, Task task) {
    StateName state = task.state().named();
    json.writeStringProperty("id", task.id());
    json.writeStringProperty("status", TaskStatus.of(state).wire());
    json.writeStringProperty("state", state.wire());
    json.writeStringProperty("priority", task.priority().wire());
    json.writeStringProperty("type", task.type());
    json.writeStringProperty("queue", task.queue());
    if (!task.tags().isEmpty()) {
      json.writeArrayPropertyStart("tags");
      task.tags().forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeNumberProperty("attempt", task.attempts());
    time(json, "submittedAt", task.submittedAt());
    switch (task.state()) {
      case TaskState.Ready ready -> {}
      case TaskState.Scheduled(Instant dueAt) -> time(json, "dueAt", dueAt);
      case TaskState.Retrying(Instant dueAt, Optional<String> error) -> {
        time(json, "dueAt", dueAt);
        error.ifPresent(text -> json.writeStringProperty("lastError", JsonText.outside(text)));
      }
      case TaskState.Expired(Instant finishedAt) -> time(json, "finishedAt", finishedAt);
      case TaskState.Cancelled(Optional<Instant> startedAt, Instant finishedAt) -> {
        startedAt.ifPresent(time -> time(json, "startedAt", time));
        time(json, "finishedAt", finishedAt);
      }
      case TaskState.Running(long epoch, Instant startedAt) -> {
        time(json, "startedAt", startedAt);
        json.writeNumberProperty("epoch", epoch);
      }
      case TaskState.Completed(Instant startedAt, Instant finishedAt) -> {
        time(json, "startedAt", startedAt);
        time(json, "finishedAt", finishedAt);
      }
      case TaskState.Dead(Instant startedAt, Instant finishedAt, String error) -> {
        time(json, "startedAt", startedAt);
        time(json, "finishedAt", finishedAt);
        json.writeStringProperty("error", JsonText.outside(error));
      }
    }
  }

  static void time(JsonGenerator json, String name, Instant instant) {
    json.writeStringProperty(name, JsonText.time(instant));
  }

  /// All that is known of it.
  static void write(JsonGenerator json, TaskDetails details) {
    write(json, details.task());
    options(json, details);
    schedule(json, details.task(), details.options());
    if (details.cancelling()) {
      json.writeBooleanProperty("cancelling", true);
    }
    json.writeArrayPropertyStart("attempts");
    details
        .history()
        .forEach(attempt -> {
          json.writeStartObject();
          write(json, attempt);
          json.writeEndObject();
        });
    json.writeEndArray();
    if (details.historyCut()) {
      json.writeBooleanProperty("historyCut", true);
    }
    raw(json, "payload", details.payload());
    if (details.result().length > 0) {
      raw(json, "result", details.result());
    }
  }

  private static void options(JsonGenerator json, TaskDetails details) {
    TaskOptions options = details.options();
    String object = "";
    for (TaskOption<?> option : TaskOption.ALL) {
      if (option.shown() && options.has(option)) {
        object = within(json, object, option.parent());
        json.writeName(option.name());
        switch (options.get(option).orElseThrow()) {
          case Instant time -> json.writeString(JsonText.time(time));
          case Integer number -> json.writeNumber(number);
          case Enum<?> choice -> json.writeString(JsonText.word(choice));
          case Object text -> json.writeString(text.toString());
        }
      }
    }
    if (object.equals(TaskOption.CALLBACK.pointer())) {
      details.callback().ifPresent(callback -> callback(json, callback));
    }
    within(json, object, "");
  }

  /// What became of the callback of a task that has ended.
  private static void callback(JsonGenerator json, TaskDetails.CallbackTask callback) {
    json.writeStringProperty("taskId", callback.id());
    if (callback.task().isEmpty()) {
      return; // it ended so long ago that it was removed
    }
    TaskState state = callback.task().get().state();
    json.writeStringProperty("status", TaskStatus.of(state.named()).wire());
    json.writeStringProperty("state", state.named().wire());
    json.writeNumberProperty("attempt", callback.task().get().attempts());
    if (state instanceof TaskState.Retrying(Instant dueAt, Optional<String> error)) {
      time(json, "dueAt", dueAt);
      error.ifPresent(text -> json.writeStringProperty("lastError", JsonText.outside(text)));
    } else if (state instanceof TaskState.Dead dead) {
      json.writeStringProperty("error", JsonText.outside(dead.error()));
    }
    state.ended().ifPresent(ended -> time(json, "finishedAt", ended));
  }

  /// The schedule that made the task.
  private static void schedule(JsonGenerator json, Task task, TaskOptions options) {
    Optional<String> name = options.get(TaskOption.SCHEDULE);
    Optional<Instant> planned = options.get(TaskOption.SCHEDULED_AT);
    if (name.isEmpty() || planned.isEmpty()) {
      return;
    }
    Duration late = Duration.between(planned.get(), task.submittedAt());
    json.writeObjectPropertyStart("schedule");
    json.writeStringProperty("name", name.get());
    time(json, "scheduledAt", planned.get());
    json.writeStringProperty("late", (late.isNegative() ? Duration.ZERO : late).toString());
    json.writeNumberProperty("missed", options.get(TaskOption.MISSED).orElse(0));
    json.writeEndObject();
  }

  /// Ends one object and begins another; the empty name is the task's own.
  private static String within(JsonGenerator json, String object, String next) {
    if (!object.equals(next)) {
      if (!object.isEmpty()) {
        json.writeEndObject();
      }
      if (!next.isEmpty()) {
        json.writeObjectPropertyStart(next.substring(1));
      }
    }
    return next;
  }

  private static void write(JsonGenerator json, AttemptRecord attempt) {
    json.writeNumberProperty("number", attempt.number());
    json.writeNumberProperty("epoch", attempt.epoch());
    attempt.node().ifPresent(node -> json.writeStringProperty("node", JsonText.outside(node)));
    time(json, "startedAt", attempt.startedAt());
    attempt.endedAt().ifPresent(ended -> time(json, "endedAt", ended));
    json.writeStringProperty("how", JsonText.word(attempt.how()));
    if (!attempt.error().isEmpty()) {
      json.writeStringProperty("error", JsonText.outside(attempt.error()));
    }
  }

  /// JSON as it came, byte for byte.
  private static void raw(JsonGenerator json, String name, byte[] value) {
    json.writeName(name);
    json.writeRawValue(value.length == 0 ? "null" : new String(value, UTF_8));
  }
}
