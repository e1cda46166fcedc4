package dev.taskscheduler.handlers.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/// Writes the answers.
public final class JsonText {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private JsonText() {}

  /// One JSON object, in UTF-8.
  public static byte[] object(Consumer<JsonGenerator> fields) {
    try (ByteArrayBuilder out = new ByteArrayBuilder()) {
      try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
        json.writeStartObject();
        fields.accept(json);
        json.writeEndObject();
      }
      return out.toByteArray();
    }
  }

  /// A constant's name in lower case, with hyphens.
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// RFC 3339, UTC, microseconds.
  public static String time(Instant instant) {
    return TIME.format(instant);
  }

  /// Text from outside, with what cannot be written as UTF-8 (half a surrogate pair) replaced.
  public static String outside(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
