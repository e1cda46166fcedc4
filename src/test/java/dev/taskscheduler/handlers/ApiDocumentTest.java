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
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// `docs/swagger.yaml` is written by hand; `docs/swagger.json` is made from it here.
class ApiDocumentTest {
  private static final Path YAML = Path.of("docs", "swagger.yaml");
  private static final Path JSON = Path.of("docs", "swagger.json");

  private static Map<String, Object> document() throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Map<String, Object> document =
        new Yaml(new SafeConstructor(options)).load(Files.readString(YAML));
    return document;
  }

  @Test
  void the_json_document_is_made_from_the_yaml_document() throws IOException {
    String made = json(document());
    boolean stale = !Files.exists(JSON) || !Files.readString(JSON).equals(made);
    if (stale) {
      Files.writeString(JSON, made);
    }
    assertTrue(!stale, "docs/swagger.json was stale and has been made anew: build again");
  }

  @Test
  void the_document_has_the_version_of_the_program() throws IOException {
    Properties build = new Properties();
    try (InputStream in = ApiDocumentTest.class.getResourceAsStream("/build.properties")) {
      build.load(in);
    }
    Map<?, ?> info = (Map<?, ?>) document().get("info");
    assertEquals(build.getProperty("version"), info.get("version"));
  }

  @Test
  void the_routes_of_the_server_and_the_paths_of_the_document_are_the_same() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    for (Map.Entry<?, ?> path : ((Map<?, ?>) document().get("paths")).entrySet()) {
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
    assertEquals(new TreeMap<>(Paths.ALLOWED), documented);
  }

  @Test
  void every_example_fits_its_schema() throws IOException {
    OpenAPI parsed = new OpenAPIV3Parser().readContents(Files.readString(YAML)).getOpenAPI();
    SchemaValidator validator = new SchemaValidator(parsed, new MessageResolver());
    List<String> misfits = new ArrayList<>();
    AtomicInteger examples = new AtomicInteger();
    examples(
        document(),
        "",
        (where, schema, example) -> {
          examples.incrementAndGet();
          Schema<?> read = Json.mapper().readValue(json(schema), Schema.class);
          ValidationReport report = validator.validate(json(example), read, where);
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

  private static String json(Object document) {
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    PrettyPrinter pretty =
        new DefaultPrettyPrinter().withArrayIndenter(indent).withObjectIndenter(indent);
    StringWriter text = new StringWriter();
    ObjectWriteContext context =
        new ObjectWriteContext.Base() {
          @Override
          public PrettyPrinter getPrettyPrinter() {
            return pretty;
          }

          @Override
          public boolean hasPrettyPrinter() {
            return true;
          }
        };
    try (JsonGenerator json = new JsonFactory().createGenerator(context, text)) {
      write(json, document);
    }
    return text + "\n";
  }

  private static void write(JsonGenerator json, Object value) {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean bool -> json.writeBoolean(bool);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case List<?> items -> {
        json.writeStartArray();
        items.forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Map<?, ?> fields -> {
        json.writeStartObject();
        new LinkedHashMap<>(fields)
            .forEach((name, field) -> {
              json.writeName((String) name); // a bare number for a name would be refused here
              write(json, field);
            });
        json.writeEndObject();
      }
      default -> throw new IllegalStateException("not JSON: " + value.getClass() + " " + value);
    }
  }
}
