package dev.taskscheduler.runner.http;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// An answer as the JSON that is kept as the task's result.
final class ResponseJson {
  private static final List<String> KEPT =
      List.of("content-type", "content-location", "location", "etag", "x-request-id");
  private static final int LONGEST_VALUE = 1_000;
  private static final JsonFactory JSON = new JsonFactory();

  private ResponseJson() {}

  /// `{"status": 200, "headers": {...}, "body": ..., "truncated": true}`: the body as JSON if it is
  /// JSON, as a string if it is text, else only its length in `bytes`. What does not fit is cut,
  /// since the target has done its work by then: of the body first, then whole headers; the status
  /// always stands.
  ///
  /// @param most bytes of it
  /// @return empty where not even the status fits
  static byte[] of(InboundResponse answer, int most) {
    ResponseBody body = ResponseBody.of(answer);
    Map<String, String> headers = headers(answer);
    if (frame(answer, headers, answer.cut()) + body.size() <= most) {
      return json(answer, headers, body, answer.cut());
    }
    Map<String, String> fitting = new LinkedHashMap<>();
    headers.forEach((name, value) -> {
      fitting.put(name, value);
      if (frame(answer, fitting, true) > most) {
        fitting.remove(name);
      }
    });
    long room = most - frame(answer, fitting, true);
    return room < 0 ? new byte[0] : json(answer, fitting, body.cut(room), true);
  }

  private static Map<String, String> headers(InboundResponse answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : KEPT) {
      answer.header(name).ifPresent(value -> headers.put(name, cut(value)));
    }
    return headers;
  }

  private static String cut(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE);
  }

  /// How many bytes all but the body takes.
  private static long frame(InboundResponse answer, Map<String, String> headers, boolean cut) {
    return json(answer, headers, new ResponseBody.None(), cut).length;
  }

  private static byte[] json(
      InboundResponse answer, Map<String, String> headers, ResponseBody body, boolean cut) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeNumberProperty("status", answer.status());
      json.writeObjectPropertyStart("headers");
      headers.forEach(json::writeStringProperty);
      json.writeEndObject();
      body.write(json);
      if (cut) {
        json.writeBooleanProperty("truncated", true);
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }
}
