package dev.taskscheduler.handlers.docs;

import dev.taskscheduler.handlers.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.JsonGenerator;

/// Writes the API document as JSON from its YAML.
final class DocumentJson {
  private static final byte[] DOCUMENT = of(DocumentPages.yaml()); // once it is asked for

  private DocumentJson() {}

  /// The document; not to be changed.
  static byte[] document() {
    return DOCUMENT;
  }

  private static byte[] of(byte[] yaml) {
    Map<?, ?> document =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(new String(yaml, StandardCharsets.UTF_8));
    return JsonText.object(json -> fields(json, document));
  }

  private static void fields(JsonGenerator json, Map<?, ?> fields) {
    fields.forEach((name, value) -> {
      json.writeName(name.toString());
      write(json, value);
    });
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> fields -> {
        json.writeStartObject();
        fields(json, fields);
        json.writeEndObject();
      }
      case List<?> items -> {
        json.writeStartArray();
        items.forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Number number -> json.writeNumber(number.toString());
      case Boolean flag -> json.writeBoolean(flag);
      default -> json.writeString(value.toString());
    }
  }
}
