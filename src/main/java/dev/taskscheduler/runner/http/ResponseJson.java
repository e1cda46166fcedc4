package dev.taskscheduler.runner.http;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a response as JSON for the task's result.
final class ResponseJson {
  private static final List<String> HEADERS =
      List.of("content-type", "content-location", "location", "etag", "x-request-id");
  private static final int MAX_VALUE = 1_000;
  private static final JsonFactory JSON = new JsonFactory();

  private ResponseJson() {}

  /// `{"status": 200, "headers": {...}, "body": ..., "truncated": true}`: the body as JSON if it is
  /// JSON, as a string if it is text, else only its length in `bytes`. What does not fit is left
  /// out, since the target has done its work by then: first the end of the body, then whole
  /// headers.
  ///
  /// @return empty where not even the status fits
  static byte[] of(InboundResponse response, int maxBytes) {
    ResponseBody body = ResponseBody.of(response);
    Map<String, String> headers = headers(response);
    if (frame(response, headers, response.truncated()) + body.size() <= maxBytes) {
      return json(response, headers, body, response.truncated());
    }
    Map<String, String> fitting = new LinkedHashMap<>();
    headers.forEach((name, value) -> {
      fitting.put(name, value);
      if (frame(response, fitting, true) > maxBytes) {
        fitting.remove(name);
      }
    });
    long bodyBytes = maxBytes - frame(response, fitting, true);
    return bodyBytes < 0 ? new byte[0] : json(response, fitting, body.cut(bodyBytes), true);
  }

  private static Map<String, String> headers(InboundResponse response) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : HEADERS) {
      response.header(name).ifPresent(value -> headers.put(name, cut(value)));
    }
    return headers;
  }

  private static String cut(String value) {
    return value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE);
  }

  /// How many bytes the result takes without the body.
  private static long frame(
      InboundResponse response, Map<String, String> headers, boolean truncated) {
    return json(response, headers, ResponseBody.NONE, truncated).length;
  }

  private static byte[] json(
      InboundResponse response, Map<String, String> headers, ResponseBody body, boolean truncated) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeNumberProperty("status", response.status());
      json.writeObjectPropertyStart("headers");
      headers.forEach(json::writeStringProperty);
      json.writeEndObject();
      body.write(json);
      if (truncated) {
        json.writeBooleanProperty("truncated", true);
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }
}
