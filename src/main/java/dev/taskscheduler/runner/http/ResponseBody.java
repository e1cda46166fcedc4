package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.InteroperableJson;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/// The part of a response's body that goes into the result, as one property of a JSON object.
///
/// @param name `body`, or `bytes` for the length of what is neither JSON nor text; empty for none
/// @param json the value
/// @param text what is cut where the value is too long; empty where nothing can be cut
record ResponseBody(String name, String json, String text) {
  static final ResponseBody NONE = new ResponseBody("", "", "");

  private static final int FRAME = ",\"body\":\"\"".length();
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH - 1).build())
          .build();

  static ResponseBody of(InboundResponse response) {
    if (response.body().length == 0) {
      return NONE;
    }
    Optional<String> decoded = response.text();
    if (decoded.isEmpty()) {
      return new ResponseBody("bytes", String.valueOf(response.body().length), "");
    }
    String text = decoded.get();
    if (!response.truncated() && declaredAsJson(response)) {
      String json = text.startsWith("\ufeff") ? text.substring(1) : text;
      if (isJson(json)) {
        return new ResponseBody("body", json.strip(), json.strip());
      }
    }
    return ofText(text);
  }

  private static ResponseBody ofText(String text) {
    return new ResponseBody(
        "body",
        '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"',
        text);
  }

  private static boolean declaredAsJson(InboundResponse response) {
    String type = response.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    String media = type.split(";", 2)[0].strip();
    return media.equals("application/json") || media.endsWith("+json");
  }

  /// Whether every parser reads the text as JSON. Checks the text, since from bytes the parser
  /// would also guess UTF-16.
  private static boolean isJson(String text) {
    try (JsonParser parser = STRICT.createParser(ObjectReadContext.empty(), text)) {
      return !text.isBlank()
          && InteroperableJson.fault(parser).isEmpty()
          && parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /// How many bytes it takes in the result, with its name and comma.
  long size() {
    return name.isEmpty()
        ? 0
        : ",\"\":".length() + name.length() + json.getBytes(StandardCharsets.UTF_8).length;
  }

  /// As much as takes no more than `maxBytes` bytes of the result. JSON is cut as text, between two
  /// characters.
  ResponseBody cut(long maxBytes) {
    if (size() <= maxBytes) {
      return this;
    }
    long remaining = maxBytes - FRAME;
    int end = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      remaining -= size(character);
      if (remaining < 0) {
        break;
      }
      end += Character.charCount(character);
    }
    return end == 0 ? NONE : ofText(text.substring(0, end));
  }

  /// How many bytes a character takes inside a JSON string, as the encoder writes it.
  private static int size(int character) {
    return switch (character) {
      case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
      default ->
          character < ' '
              ? 6
              : character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    };
  }

  void write(JsonGenerator generator) {
    if (!name.isEmpty()) {
      generator.writeName(name);
      generator.writeRawValue(json);
    }
  }
}
