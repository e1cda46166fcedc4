package dev.taskscheduler.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// A JSON value.
sealed interface Json {
  record Fields(Map<String, Json> values) implements Json {}

  record Items(List<Json> values) implements Json {}

  record Text(String value) implements Json {}

  /// A number as it was written, `true`, `false` or `null`.
  record Word(String value) implements Json {}

  /// Reads one value and nothing after it.
  ///
  /// @throws IllegalArgumentException if the text is not JSON; the message says where
  static Json parse(byte[] text) {
    try (JsonParser parser = Parsing.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Json value = Parsing.value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("there is text after its end");
      }
      return value;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          SafeText.line(String.valueOf(e.getOriginalMessage()), 200)
              + Optional.ofNullable(e.getLocation())
                  .map(at -> " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")")
                  .orElse(""),
          e);
    }
  }

  /// The field of an object; empty for every other value.
  default Optional<Json> at(String name) {
    return this instanceof Fields(Map<String, Json> values)
        ? Optional.ofNullable(values.get(name))
        : Optional.empty();
  }

  /// The items of an array in a field; none if there is no such array.
  default List<Json> items(String name) {
    return at(name)
        .filter(Items.class::isInstance)
        .map(found -> ((Items) found).values())
        .orElse(List.of());
  }

  /// A text, number or truth value of a field, as text; empty if it is absent or `null`.
  default Optional<String> text(String name) {
    return at(name).flatMap(Json::plain);
  }

  /// The same, and `""` for an absent field.
  default String show(String name) {
    return text(name).orElse("");
  }

  /// A whole number of a field; 0 if there is none.
  default long number(String name) {
    try {
      return text(name).map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  default boolean isTrue(String name) {
    return text(name).filter("true"::equals).isPresent();
  }

  /// No pattern switch: the AOT cache does not hold its code, and every command comes here.
  private Optional<String> plain() {
    if (this instanceof Text(String value)) {
      return Optional.of(value);
    }
    return this instanceof Word(String word) && !word.equals("null")
        ? Optional.of(word)
        : Optional.empty();
  }

  /// The value on one line, with each character that is not harmless to a terminal as an escape.
  default String write() {
    StringBuilder out = new StringBuilder();
    Writing.value(out, this);
    return out.toString();
  }

  /// Reads values.
  final class Parsing {
    private static final int MAX_DEPTH = 100; // a payload may have 64
    private static final JsonFactory FACTORY =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private Parsing() {}

    private static Json value(JsonParser parser) {
      JsonToken token = parser.currentToken();
      if (token == JsonToken.START_OBJECT) {
        Map<String, Json> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, value(parser));
        }
        return new Fields(fields);
      }
      if (token == JsonToken.START_ARRAY) {
        List<Json> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        return new Items(items);
      }
      if (token == null) {
        throw new IllegalArgumentException("it is empty");
      }
      return token == JsonToken.VALUE_STRING
          ? new Text(parser.getString())
          : new Word(parser.getString());
    }
  }

  /// Writes values.
  final class Writing {
    private Writing() {}

    private static void value(StringBuilder out, Json json) {
      switch (json) {
        case Text(String value) -> text(out, value);
        case Word(String value) -> out.append(value);
        case Items(List<Json> values) -> {
          String before = "[";
          for (Json item : values) {
            out.append(before);
            value(out, item);
            before = ",";
          }
          out.append(values.isEmpty() ? "[]" : "]");
        }
        case Fields(Map<String, Json> values) -> {
          String before = "{";
          for (Map.Entry<String, Json> field : values.entrySet()) {
            out.append(before);
            text(out, field.getKey());
            out.append(':');
            value(out, field.getValue());
            before = ",";
          }
          out.append(values.isEmpty() ? "{}" : "}");
        }
      }
    }

    private static void text(StringBuilder out, String text) {
      out.append('"');
      for (int i = 0; i < text.length(); ) {
        int point = text.codePointAt(i);
        int length = Character.charCount(point);
        if (point == '"' || point == '\\') {
          out.append('\\').append((char) point);
        } else if (point == '\n') {
          out.append("\\n");
        } else if (SafeText.isPrintable(point)) {
          out.appendCodePoint(point);
        } else {
          for (int j = i; j < i + length; j++) {
            SafeText.escape(out, text.charAt(j));
          }
        }
        i += length;
      }
      out.append('"');
    }
  }
}
