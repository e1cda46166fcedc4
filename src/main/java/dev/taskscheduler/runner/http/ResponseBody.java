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
import tools.jackson.core.json.JsonFactory;

/// The part of an answer's body that goes into the result.
sealed interface ResponseBody {
  /// How many bytes of the result it takes, its name and comma with it.
  long size();

  /// As much of it as takes no more than `room` bytes of the result.
  ResponseBody cut(long room);

  void write(JsonGenerator json);

  static ResponseBody of(InboundResponse answer) {
    if (answer.body().length == 0) {
      return new None();
    }
    Optional<String> text = answer.text();
    if (text.isEmpty()) {
      return new Counted(answer.body().length);
    }
    if (!answer.cut() && Json.said(answer)) {
      String bare = text.get().startsWith("\ufeff") ? text.get().substring(1) : text.get();
      if (Json.is(bare)) {
        return new Json(bare.strip());
      }
    }
    return new Text(text.get());
  }

  /// Nothing.
  record None() implements ResponseBody {
    @Override
    public long size() {
      return 0;
    }

    @Override
    public ResponseBody cut(long room) {
      return this;
    }

    @Override
    public void write(JsonGenerator json) {}
  }

  /// JSON, as it came.
  record Json(String json) implements ResponseBody {
    private static final int MAX_DEPTH = 64;
    private static final int NAME = ",\"body\":".length();
    private static final JsonFactory STRICT =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH - 1).build())
            .build();

    private static boolean said(InboundResponse answer) {
      String type = answer.header("content-type").orElse("").toLowerCase(Locale.ROOT);
      int end = type.indexOf(';');
      String media = (end < 0 ? type : type.substring(0, end)).strip();
      return media.equals("application/json") || media.endsWith("+json");
    }

    /// Whether anybody reads it as JSON. Asked of the text, as the result is: of bytes, the parser
    /// would guess UTF-16, too.
    private static boolean is(String text) {
      try (JsonParser parser = STRICT.createParser(ObjectReadContext.empty(), text)) {
        return !text.isBlank()
            && InteroperableJson.fault(parser).isEmpty()
            && parser.nextToken() == null;
      } catch (JacksonException e) {
        return false;
      }
    }

    @Override
    public long size() {
      return NAME + json.getBytes(StandardCharsets.UTF_8).length;
    }

    /// Half of a JSON value is none: what is left of it is text.
    @Override
    public ResponseBody cut(long room) {
      return size() <= room ? this : new Text(json).cut(room);
    }

    @Override
    public void write(JsonGenerator generator) {
      generator.writeName("body");
      generator.writeRawValue(json);
    }
  }

  /// Text, as a string.
  record Text(String text) implements ResponseBody {
    private static final int FRAME = ",\"body\":\"\"".length();

    @Override
    public long size() {
      long size = FRAME;
      for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
        size += size(text.codePointAt(at));
      }
      return size;
    }

    /// Never through the middle of a character.
    @Override
    public ResponseBody cut(long room) {
      long left = room - FRAME;
      int end = 0;
      while (end < text.length()) {
        int character = text.codePointAt(end);
        left -= size(character);
        if (left < 0) {
          break;
        }
        end += Character.charCount(character);
      }
      return end == 0 ? new None() : new Text(text.substring(0, end));
    }

    /// How many bytes a character takes inside a string of JSON, as the generator writes it.
    private static int size(int character) {
      return switch (character) {
        case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
        default -> {
          if (character < ' ') {
            yield 6; // its number, such as that of NUL, in four digits
          }
          yield character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
        }
      };
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("body", text);
    }
  }

  /// Neither: only its length is told.
  record Counted(int bytes) implements ResponseBody {
    @Override
    public long size() {
      return ",\"bytes\":".length() + Integer.toString(bytes).length();
    }

    @Override
    public ResponseBody cut(long room) {
      return size() <= room ? this : new None();
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeNumberProperty("bytes", bytes);
    }
  }
}
