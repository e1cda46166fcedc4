package dev.taskscheduler.handlers;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.taskscheduler.handlers.wire.Paths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// `docs/swagger.yaml` as tests read it.
final class ApiDocument {
  /// What is served besides the API: the document itself and its pages. No client calls them.
  static final Set<String> PAGES =
      Set.of("/", "/ui", Paths.UI, Paths.OPENAPI, "/swagger", Paths.PAGES, "/swagger/doc.json");

  private static final Path FILE = Path.of("docs", "swagger.yaml");

  private ApiDocument() {}

  /// The document as it is written.
  static Map<String, Object> read() throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(options)).load(Files.readString(FILE));
  }

  /// The document as this version keeps it, as JSON: an object has no other fields than those that
  /// are listed, and a word is one of those that are listed. The document does not promise that for
  /// later versions.
  static String strict() throws IOException {
    return json(strict(read()));
  }

  private static Object strict(Object node) {
    if (node instanceof List<?> items) {
      return items.stream().map(ApiDocument::strict).toList();
    }
    if (!(node instanceof Map<?, ?> fields)) {
      return node;
    }
    Map<String, Object> strict = new LinkedHashMap<>();
    fields.forEach((name, value) ->
        strict.put(name.equals("x-extensible-enum") ? "enum" : (String) name, strict(value)));
    if ("object".equals(fields.get("type")) && fields.get("properties") instanceof Map) {
      strict.putIfAbsent("additionalProperties", false);
    }
    return strict;
  }

  static String json(Object value) throws IOException {
    return new ObjectMapper().writeValueAsString(value);
  }
}
