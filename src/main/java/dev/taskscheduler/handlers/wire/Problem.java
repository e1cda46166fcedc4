package dev.taskscheduler.handlers.wire;

import io.helidon.http.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// Problem details (RFC 9457): why there is no other answer, and what to change.
///
/// @param type distinguishes problems of one status; `about:blank` where the status says it all
/// @param title the same for all problems of the type
/// @param detail what happened this time and what to do about it
/// @param errors the faults of a body, if that is what it is about
/// @param id the task that it is about
/// @param retryAfter when to try again
public record Problem(
    String type,
    String title,
    Status status,
    String detail,
    List<FieldError> errors,
    Optional<String> id,
    Optional<Duration> retryAfter) {
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPES = "urn:problem-type:task-scheduler:";

  public Problem {
    errors = List.copyOf(errors);
  }

  /// A problem that its status names.
  public static Problem of(Status status, String detail) {
    return new Problem(
        "about:blank",
        status.reasonPhrase(),
        status,
        detail,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /// A problem of this program's own.
  ///
  /// @param name what it is called in the API document
  public static Problem named(String name, String title, Status status, String detail) {
    return new Problem(
        TYPES + name, title, status, detail, List.of(), Optional.empty(), Optional.empty());
  }

  public Problem about(String taskId) {
    return new Problem(type, title, status, detail, errors, Optional.of(taskId), retryAfter);
  }

  public Problem with(List<FieldError> faults) {
    return new Problem(type, title, status, detail, faults, id, retryAfter);
  }

  public Problem retry(Duration after) {
    return new Problem(type, title, status, detail, errors, id, Optional.of(after));
  }

  /// As it goes over the wire.
  public byte[] json() {
    return JsonText.object(this::write);
  }

  /// Its members, into an object that was begun.
  public void write(JsonGenerator json) {
    json.writeStringProperty("type", type);
    json.writeStringProperty("title", title);
    json.writeNumberProperty("status", status.code());
    json.writeStringProperty("detail", JsonText.outside(detail));
    id.ifPresent(known -> json.writeStringProperty("id", known));
    if (!errors.isEmpty()) {
      json.writeArrayPropertyStart("errors");
      errors.forEach(writeInto(json));
      json.writeEndArray();
    }
  }

  private static Consumer<FieldError> writeInto(JsonGenerator json) {
    return fault -> {
      json.writeStartObject();
      json.writeStringProperty("pointer", JsonText.outside(fault.pointer()));
      json.writeStringProperty("detail", JsonText.outside(fault.detail()));
      json.writeEndObject();
    };
  }
}
