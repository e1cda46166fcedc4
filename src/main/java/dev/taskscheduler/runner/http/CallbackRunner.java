package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.TaskFailure;
import dev.taskscheduler.runner.TaskResult;
import dev.taskscheduler.runner.TaskRun;
import dev.taskscheduler.runner.TaskRunner;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.TargetUrl;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskState;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/// Type `callback`: tells a URL that a task has ended. Such tasks are made by the store in the same
/// step as the end of the one that they tell of, and hold `{"task": id, "url": url}`; what is told
/// is read when it is told.
public final class CallbackRunner implements TaskRunner {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration LONGEST = Duration.ofDays(1); // the sender's own is less
  private static final int KEPT = 1 << 10; // of what is answered to news

  private final HttpRunner http;
  private final Function<String, Optional<Task>> tasks;

  /// @param http sends and judges
  /// @param tasks finds the task that has ended
  public CallbackRunner(HttpRunner http, Function<String, Optional<Task>> tasks) {
    this.http = http;
    this.tasks = tasks;
  }

  @Override
  public String type() {
    return Callback.TYPE;
  }

  @Override
  public TaskResult run(TaskRun run) throws TaskFailure, InterruptedException {
    String id = field(run.payload(), "task");
    String url = field(run.payload(), "url");
    Optional<Task> task = tasks.apply(id);
    if (task.isEmpty()) {
      throw TaskFailure.lasting("the task that it should tell of is not kept any more: " + id);
    }
    URI target =
        TargetUrl.read(url)
            .orElseThrow(() ->
                TaskFailure.lasting("the callback's URL cannot be called: " + TargetUrl.RULE));
    HttpCall call =
        new HttpCall(
            "POST", target, Map.of("content-type", "application/json"), body(task.get()), LONGEST);
    return http.send(call, run, type(), Math.min(KEPT, run.maxResultBytes()));
  }

  private static byte[] body(Task task) {
    try (ByteArrayBuilder out = new ByteArrayBuilder()) {
      try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
        json.writeStartObject();
        json.writeStringProperty("id", task.id());
        json.writeStringProperty("type", task.type());
        json.writeStringProperty("priority", task.priority().wire());
        json.writeNumberProperty("attempt", task.attempts());
        json.writeStringProperty("submittedAt", task.submittedAt().toString());
        switch (task.state()) {
          case TaskState.Completed(Instant startedAt, Instant finishedAt) ->
              end(json, "completed", "completed", finishedAt);
          case TaskState.Dead(Instant startedAt, Instant finishedAt, String error) -> {
            end(json, "failed", "dead", finishedAt);
            json.writeStringProperty("error", error);
          }
          case TaskState.Expired(Instant finishedAt) -> end(json, "failed", "expired", finishedAt);
          case TaskState.Cancelled(Optional<Instant> startedAt, Instant finishedAt) ->
              end(json, "cancelled", "cancelled", finishedAt);
          case TaskState.Scheduled s -> pending(json);
          case TaskState.Retrying r -> pending(json);
          case TaskState.Ready r -> pending(json);
          case TaskState.Running r -> pending(json);
        }
        json.writeEndObject();
      }
      return out.toByteArray();
    }
  }

  private static void end(JsonGenerator json, String status, String state, Instant finishedAt) {
    json.writeStringProperty("status", status);
    json.writeStringProperty("state", state);
    json.writeStringProperty("finishedAt", finishedAt.toString());
  }

  /// Somebody brought it back before its end could be told.
  private static void pending(JsonGenerator json) {
    json.writeStringProperty("status", "pending");
  }

  private static String field(byte[] payload, String name) throws TaskFailure {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), payload)) {
      parser.nextToken();
      for (String field = parser.nextName(); field != null; field = parser.nextName()) {
        JsonToken value = parser.nextToken();
        if (field.equals(name) && value == JsonToken.VALUE_STRING) {
          return parser.getString();
        }
        parser.skipChildren();
      }
    } catch (JacksonException e) {
      throw TaskFailure.lasting("no callback: " + e.getOriginalMessage());
    }
    throw TaskFailure.lasting("no callback: its payload lacks " + name);
  }
}
