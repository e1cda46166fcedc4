package dev.taskscheduler.runner.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// An answer as the JSON that is kept as the task's result.
final class AnswerJson {
  private static final List<String> KEPT =
      List.of("content-type", "content-location", "location", "etag", "x-request-id");
  private static final int LONGEST_VALUE = 1_000;
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH - 1).build())
          .build();

  private AnswerJson() {}

  /// `{"status": 200, "headers": {...}, "body": ..., "truncated": true}`: the body as JSON if it is
  /// JSON, as a string if it is text, else only its length in `bytes`.
  static byte[] of(HttpAnswer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeNumberProperty("status", answer.status());
      json.writeObjectPropertyStart("headers");
      for (String name : KEPT) {
        answer.header(name).ifPresent(value -> json.writeStringProperty(name, cut(value)));
      }
      json.writeEndObject();
      if (answer.body().length > 0) {
        body(answer, json);
      }
      if (answer.cut()) {
        json.writeBooleanProperty("truncated", true);
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void body(HttpAnswer answer, JsonGenerator json) {
    Optional<String> text = text(answer);
    if (text.isEmpty()) {
      json.writeNumberProperty("bytes", answer.body().length);
    } else if (!answer.cut() && saysJson(answer) && isJson(answer.body())) {
      json.writeName("body");
      json.writeRawValue(text.get().strip());
    } else {
      json.writeStringProperty("body", text.get());
    }
  }

  private static boolean saysJson(HttpAnswer answer) {
    String type = answer.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    int end = type.indexOf(';');
    String media = (end < 0 ? type : type.substring(0, end)).strip();
    return media.equals("application/json") || media.endsWith("+json");
  }

  private static boolean isJson(byte[] body) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /// The body as UTF-8; of one that was cut, without the character that the cut went through.
  static Optional<String> text(HttpAnswer answer) {
    CharBuffer chars = CharBuffer.allocate(answer.body().length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(answer.body()), chars, !answer.cut());
    return result.isError() ? Optional.empty() : Optional.of(chars.flip().toString());
  }

  private static String cut(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE);
  }
}
