package dev.taskscheduler.runner.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.runner.TaskFailure;
import dev.taskscheduler.runner.TaskResult;
import dev.taskscheduler.runner.TaskRun;
import dev.taskscheduler.runner.TaskRunner;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.TargetUrl;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/// Type `callback`: tells a URL that a task has ended. The store makes such a task in the same step
/// as the end that it tells of, and its payload holds all facts (`facts_of` in `_lib.lua`). Each
/// attempt therefore sends the same body, whatever has become of the task meanwhile.
public final class CallbackRunner implements TaskRunner {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration LONGEST = Duration.ofDays(1); // the sender's own is less
  private static final int KEPT = 1 << 10; // bytes of the receiver's answer

  private final HttpRunner http;

  /// @param http sends and judges
  public CallbackRunner(HttpRunner http) {
    this.http = http;
  }

  @Override
  public String type() {
    return Callback.TYPE;
  }

  @Override
  public TaskResult run(TaskRun run) throws TaskFailure, InterruptedException {
    Call call = read(run.payload());
    URI target =
        TargetUrl.read(call.url)
            .orElseThrow(() ->
                TaskFailure.lasting("the callback's URL cannot be called: " + TargetUrl.RULE));
    OutboundRequest request =
        new OutboundRequest(
            "POST", target, Map.of("content-type", "application/json"), call.body, LONGEST);
    return http.send(request, run, type(), Math.min(KEPT, run.maxResultBytes()));
  }

  private record Call(String url, byte[] body) {}

  private static Call read(byte[] payload) throws TaskFailure {
    String url = "";
    try (ByteArrayBuilder body = new ByteArrayBuilder();
        JsonParser parser = JSON.createParser(ObjectReadContext.empty(), payload)) {
      try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), body)) {
        json.writeStartObject();
        parser.nextToken();
        boolean more = true;
        while (more) {
          String field = parser.nextName();
          if (field == null) {
            break;
          }
          JsonToken value = parser.nextToken();
          if (field.equals("url") && value == JsonToken.VALUE_STRING) {
            url = parser.getString();
          } else {
            more = tell(field, parser, payload, json);
          }
        }
        json.writeEndObject();
      }
      if (url.isEmpty()) {
        throw TaskFailure.lasting("no callback: its payload lacks url");
      }
      return new Call(url, body.toByteArray());
    } catch (JacksonException e) {
      throw TaskFailure.lasting("no callback: " + e.getOriginalMessage());
    }
  }

  /// Writes one fact as the receiver reads it.
  ///
  /// @return whether more may follow
  private static boolean tell(String field, JsonParser parser, byte[] payload, JsonGenerator json) {
    switch (field) {
      case "task" -> json.writeStringProperty("id", parser.getString());
      case "type", "priority", "error" -> json.writeStringProperty(field, parser.getString());
      case "attempt" -> json.writeNumberProperty(field, parser.getIntValue());
      case "submittedUs" -> json.writeStringProperty("submittedAt", time(parser));
      case "finishedUs" -> json.writeStringProperty("finishedAt", time(parser));
      case "state" -> {
        String state = parser.getString();
        json.writeStringProperty("status", state.equals("completed") ? state : "failed");
        json.writeStringProperty("state", state);
      }
      case "result" -> { // the last: as the runner wrote it, byte for byte
        int from = (int) parser.currentTokenLocation().getByteOffset();
        json.writeName(field);
        json.writeRawValue(new String(payload, from, payload.length - 1 - from, UTF_8));
        return false;
      }
      default -> parser.skipChildren();
    }
    return true;
  }

  private static String time(JsonParser parser) {
    return Instant.EPOCH.plus(parser.getLongValue(), ChronoUnit.MICROS).toString();
  }
}
