package dev.taskscheduler.runner.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.TargetUrl;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/// Runs tasks of type `callback`: reports the end of a task to a URL. The store creates the
/// callback in the same step that ends the task. The payload holds all facts (`facts_of` in
/// `transition.lua`), so each attempt sends the same body, whatever has happened to the task since.
public final class CallbackRunner implements TaskRunner {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration MAX_TIMEOUT = Duration.ofDays(1); // the sender's own is less
  private static final int MAX_RESULT_BYTES = 1 << 10;

  private final HttpRunner http;

  /// @param http sends the requests
  public CallbackRunner(HttpRunner http) {
    this.http = http;
  }

  @Override
  public String type() {
    return Callback.TYPE;
  }

  /// Checks the target, if there is one.
  @Override
  public List<PayloadError> payloadErrors(byte[] payload) {
    try {
      return TargetUrl.read(read(payload).url).flatMap(http::refusal).stream().toList();
    } catch (TaskFailure e) {
      return List.of(new PayloadError("", String.valueOf(e.getMessage())));
    }
  }

  @Override
  public TaskResult run(TaskRun run) throws TaskFailure, InterruptedException {
    Call call = read(run.payload());
    URI target =
        TargetUrl.read(call.url)
            .orElseThrow(() ->
                TaskFailure.permanent("the URL of the callback is not allowed: " + TargetUrl.RULE));
    OutboundRequest request =
        new OutboundRequest(
            "POST", target, Map.of("content-type", "application/json"), call.body, MAX_TIMEOUT);
    return http.send(request, run, type(), Math.min(MAX_RESULT_BYTES, run.maxResultBytes()));
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
            more = writeFact(field, parser, payload, json);
          }
        }
        json.writeEndObject();
      }
      if (url.isEmpty()) {
        throw TaskFailure.permanent("not a callback: the payload has no url");
      }
      return new Call(url, body.toByteArray());
    } catch (JacksonException e) {
      throw TaskFailure.permanent("not a callback: " + e.getOriginalMessage());
    }
  }

  /// Writes one fact for the receiver.
  ///
  /// @return whether more may follow
  private static boolean writeFact(
      String field, JsonParser parser, byte[] payload, JsonGenerator json) {
    switch (field) {
      case "task" -> json.writeStringProperty("id", parser.getString());
      case "type", "queue", "priority", "error" ->
          json.writeStringProperty(field, parser.getString());
      case "attempt" -> json.writeNumberProperty(field, parser.getIntValue());
      case "submittedUs" -> json.writeStringProperty("submittedAt", time(parser));
      case "finishedUs" -> json.writeStringProperty("finishedAt", time(parser));
      case "state" -> {
        String state = parser.getString();
        json.writeStringProperty("status", state.equals("completed") ? state : "failed");
        json.writeStringProperty("state", state);
      }
      case "result" -> { // the last fact, as the runner wrote it, byte for byte
        int start = (int) parser.currentTokenLocation().getByteOffset();
        json.writeName(field);
        json.writeRawValue(new String(payload, start, payload.length - 1 - start, UTF_8));
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
