package dev.taskscheduler.yaml;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;

/// Writes YAML as JSON. What JSON has no word for is a text: times, and `yes` or `on`.
public final class YamlJson {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int MAX_DEPTH = 64; // as what reads the JSON allows
  private static final int MOST_ALIASES = 1_000;

  /// Values in one text. Aliases of aliases could make millions of a few lines.
  private static final int MOST_VALUES = 100_000;

  private static final int MOST_CHARACTERS = 4 << 20; // of all texts

  private final JsonGenerator json;
  private int values;
  private int characters;

  private YamlJson(JsonGenerator json) {
    this.json = json;
  }

  /// Only what JSON knows: else a time or `off` would not be what was written.
  private static final class JsonTypes extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
      addImplicitResolver(Tag.BOOL, Pattern.compile("true|false"), "tf");
      addImplicitResolver(Tag.INT, Pattern.compile("-?(0|[1-9]\\d{0,99})"), "-0123456789");
      addImplicitResolver(
          Tag.FLOAT,
          Pattern.compile("-?(0|[1-9]\\d{0,99})(\\.\\d{1,99})?([eE][-+]?\\d{1,3})?"),
          "-0123456789");
    }
  }

  /// The JSON of a mapping, in UTF-8.
  ///
  /// @throws IllegalArgumentException saying where the text is no YAML that JSON could say
  public static byte[] of(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(MOST_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    DumperOptions unused = new DumperOptions(); // a resolver is taken only with all the others
    try {
      Object document =
          new Yaml(
                  new SafeConstructor(options),
                  new Representer(unused),
                  unused,
                  options,
                  new JsonTypes())
              .load(yaml);
      if (!(document instanceof Map<?, ?> fields)) {
        throw new IllegalArgumentException("the text is no YAML mapping");
      }
      return json(fields);
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      String line = mark == null ? "" : " at line " + (mark.getLine() + 1);
      throw new IllegalArgumentException("the text is not YAML" + line + ": " + e.getProblem(), e);
    } catch (YAMLException e) {
      throw new IllegalArgumentException("the text is not YAML: " + e.getMessage(), e);
    }
  }

  private static byte[] json(Map<?, ?> fields) {
    try (ByteArrayBuilder out = new ByteArrayBuilder()) {
      try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
        json.writeStartObject();
        new YamlJson(json).fields(fields, 1);
        json.writeEndObject();
      }
      return out.toByteArray();
    }
  }

  private void fields(Map<?, ?> fields, int depth) {
    fields.forEach((name, value) -> {
      json.writeName(counted(String.valueOf(name)));
      write(value, depth);
    });
  }

  private void write(@Nullable Object value, int depth) {
    if (depth > MAX_DEPTH || ++values > MOST_VALUES) {
      throw new IllegalArgumentException(
          "the text has more than %d values, or %d inside each other"
              .formatted(MOST_VALUES, MAX_DEPTH));
    }
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> fields -> {
        json.writeStartObject();
        fields(fields, depth + 1);
        json.writeEndObject();
      }
      case List<?> items -> {
        json.writeStartArray();
        items.forEach(item -> write(item, depth + 1));
        json.writeEndArray();
      }
      case Double number when !Double.isFinite(number) ->
          throw new IllegalArgumentException("the text has a number that is too large");
      case Number number -> json.writeNumber(number.toString());
      case Boolean flag -> json.writeBoolean(flag);
      case String text -> json.writeString(counted(text));
      default ->
          throw new IllegalArgumentException(
              "the text has a value that JSON cannot hold: " + kind(value));
    }
  }

  private String counted(String text) {
    characters += Math.min(text.length(), MOST_CHARACTERS); // no overflow
    if (characters > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "the text has more than " + MOST_CHARACTERS + " characters with its aliases");
    }
    return text;
  }

  private static String kind(Object value) {
    return value.getClass().getSimpleName();
  }
}
