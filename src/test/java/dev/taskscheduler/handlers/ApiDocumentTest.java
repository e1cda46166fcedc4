package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.atlassian.oai.validator.report.MessageResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.atlassian.oai.validator.schema.SchemaValidator;
import dev.taskscheduler.handlers.wire.Paths;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.parser.OpenAPIV3Parser;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Holds `docs/swagger.yaml` against the program and against itself.
class ApiDocumentTest {
  @Test
  void the_document_has_the_version_of_the_program() throws IOException {
    Properties build = new Properties();
    try (InputStream in = ApiDocumentTest.class.getResourceAsStream("/build.properties")) {
      build.load(in);
    }
    Map<?, ?> info = (Map<?, ?>) ApiDocument.read().get("info");
    assertEquals(build.getProperty("version"), info.get("version"));
  }

  @Test
  void the_routes_of_the_server_and_the_paths_of_the_document_are_the_same() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    for (Map.Entry<?, ?> path : ((Map<?, ?>) ApiDocument.read().get("paths")).entrySet()) {
      // Every GET is answered as HEAD too, which the document says once for all.
      String methods =
          String.join(
              ", ",
              ((Map<?, ?>) path.getValue())
                  .keySet().stream()
                      .map(method -> String.valueOf(method).toUpperCase(Locale.ROOT))
                      .map(method -> method.equals("GET") ? "GET, HEAD" : method)
                      .toList());
      documented.put((String) path.getKey(), methods);
    }
    Map<String, String> served = new TreeMap<>(Paths.ALLOWED);
    served.keySet().removeAll(ApiDocument.PAGES);
    assertEquals(served, documented);
  }

  @Test
  void every_example_fits_its_schema() throws IOException {
    OpenAPI parsed = new OpenAPIV3Parser().readContents(ApiDocument.strict()).getOpenAPI();
    SchemaValidator validator = new SchemaValidator(parsed, new MessageResolver());
    List<String> misfits = new ArrayList<>();
    AtomicInteger examples = new AtomicInteger();
    examples(
        ApiDocument.read(),
        "",
        (where, schema, example) -> {
          examples.incrementAndGet();
          Schema<?> read = Json.mapper().readValue(ApiDocument.json(schema), Schema.class);
          ValidationReport report = validator.validate(ApiDocument.json(example), read, where);
          report.getMessages().forEach(message -> misfits.add(where + ": " + message.getMessage()));
        });
    assertEquals(List.of(), misfits);
    assertTrue(examples.get() > 40, "found " + examples.get());
  }

  private interface Example {
    void is(String where, Object schema, Object value) throws IOException;
  }

  /// Finds whatever has a schema and examples beside it.
  private static void examples(Object node, String where, Example found) throws IOException {
    if (node instanceof List<?> items) {
      for (Object item : items) {
        examples(item, where, found);
      }
    } else if (node instanceof Map<?, ?> fields) {
      Object schema = fields.get("schema");
      if (schema instanceof Map && fields.containsKey("example")) {
        found.is(where, schema, fields.get("example"));
      } else if (schema instanceof Map && fields.get("examples") instanceof Map<?, ?> named) {
        for (Map.Entry<?, ?> each : named.entrySet()) {
          found.is(where + " " + each.getKey(), schema, ((Map<?, ?>) each.getValue()).get("value"));
        }
      }
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        examples(field.getValue(), where + "/" + field.getKey(), found);
      }
    }
  }
}
