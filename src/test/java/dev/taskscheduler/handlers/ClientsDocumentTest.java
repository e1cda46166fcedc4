package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Holds `docs/swagger.yaml` against what generators of clients make of it: `docs/adr/0024`.
class ClientsDocumentTest {
  private static final String SCHEMAS = "#/components/schemas/";

  /// The seed named these fields, or they stand beside such fields; new ones are in camel case.
  private static final Set<String> SNAKE_CASE =
      Set.of(
          "node_id",
          "is_leader",
          "leader_id",
          "queue_size",
          "file_problems",
          "eviction_policy",
          "lag_seconds",
          "behind_bytes");

  private static Map<String, Object> document;

  @BeforeAll
  static void read() throws IOException {
    document = ApiDocument.read();
  }

  @Test
  void no_field_has_a_default_since_generators_then_require_it() {
    List<String> defaults = new ArrayList<>();
    for (Object schema : reachable(bodies())) {
      walk(
          schema,
          "",
          (where, node) -> {
            if (node.containsKey("default")) {
              defaults.add(where + " " + node);
            }
          });
    }
    assertEquals(List.of(), defaults);
  }

  @Test
  void no_parameter_has_an_example_since_swagger_ui_would_send_it() {
    List<String> prefilled = new ArrayList<>();
    for (Map<?, ?> parameter : parameters()) {
      Map<?, ?> schema = resolved((Map<?, ?>) parameter.get("schema"));
      for (Map<?, ?> node : List.of(parameter, schema)) {
        if (node.containsKey("example") || node.containsKey("examples")) {
          prefilled.add(parameter.get("name") + " " + node);
        }
      }
    }
    assertEquals(List.of(), prefilled);
  }

  /// A generator makes up a name for a schema that has none, and another one in the next version.
  @Test
  void every_object_and_every_choice_has_a_name() {
    Map<String, Object> named = schemas();
    List<String> nameless = new ArrayList<>();
    walk(
        document,
        "",
        (where, node) -> {
          boolean needsName =
              node.get("properties") instanceof Map
                  || node.get("oneOf") instanceof List
                  || node.get("anyOf") instanceof List;
          if (needsName && named.values().stream().noneMatch(schema -> schema == node)) {
            nameless.add(where);
          }
        });
    assertEquals(List.of(), nameless);
  }

  /// A client of today reads the answers of later nodes, which may have more fields.
  @Test
  void only_what_requests_alone_have_is_closed() {
    List<Object> answers = new ArrayList<>();
    walk(
        List.of(operations(), ((Map<?, ?>) document.get("components")).get("responses")),
        "",
        (where, node) -> {
          if (!where.contains("requestBody") && node.get("schema") instanceof Map<?, ?> schema) {
            answers.add(schema);
          }
        });
    Set<Object> open = reachable(answers);
    assertTrue(open.size() > 40, "found " + open.size());
    Set<String> wrong = new TreeSet<>();
    schemas()
        .forEach((name, schema) -> {
          boolean closed = Boolean.FALSE.equals(((Map<?, ?>) schema).get("additionalProperties"));
          boolean fields = ((Map<?, ?>) schema).containsKey("properties");
          if (fields && closed == open.stream().anyMatch(node -> node == schema)) {
            wrong.add(name + (closed ? " is in an answer" : " is only in requests"));
          }
        });
    assertEquals(Set.of(), wrong);
  }

  @Test
  void names_of_fields_and_parameters_are_in_camel_case() {
    Set<String> names = new TreeSet<>();
    walk(
        document,
        "",
        (where, node) -> {
          if (node.get("properties") instanceof Map<?, ?> fields) {
            fields.keySet().forEach(name -> names.add((String) name));
          }
        });
    parameters().stream()
        .filter(parameter -> !"header".equals(parameter.get("in")))
        .forEach(parameter -> names.add((String) parameter.get("name")));
    assertTrue(names.containsAll(SNAKE_CASE));
    names.removeAll(SNAKE_CASE);
    names.removeIf(name -> name.matches("[a-z][a-zA-Z0-9]*"));
    assertEquals(Set.of(), names);
  }

  private static Map<String, Object> schemas() {
    return object(object(document, "components"), "schemas");
  }

  private static List<Object> operations() {
    return new ArrayList<>(object(document, "paths").values());
  }

  /// The schemas of all request bodies.
  private static List<Object> bodies() {
    List<Object> bodies = new ArrayList<>();
    walk(
        operations(),
        "",
        (where, node) -> {
          if (where.contains("requestBody") && node.get("schema") instanceof Map<?, ?> schema) {
            bodies.add(schema);
          }
        });
    assertTrue(bodies.size() > 5, "found " + bodies.size());
    return bodies;
  }

  private static Collection<Map<?, ?>> parameters() {
    List<Map<?, ?>> found = new ArrayList<>();
    walk(
        document,
        "",
        (where, node) -> {
          if (node.containsKey("in") && node.get("schema") instanceof Map) {
            found.add(node);
          }
        });
    assertTrue(found.size() > 15, "found " + found.size());
    return found;
  }

  /// These schemas and all that they refer to.
  private static Set<Object> reachable(Collection<Object> from) {
    Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Object> ahead = new ArrayList<>(from);
    while (!ahead.isEmpty()) {
      Object next = ahead.removeLast();
      if (all.add(next)) {
        walk(
            next,
            "",
            (where, node) -> {
              if (node.get("$ref") instanceof String to && to.startsWith(SCHEMAS)) {
                ahead.add(schemas().get(to.substring(SCHEMAS.length())));
              }
            });
      }
    }
    return all;
  }

  private static Map<?, ?> resolved(Map<?, ?> schema) {
    return schema.get("$ref") instanceof String to
        ? (Map<?, ?>) schemas().get(to.substring(SCHEMAS.length()))
        : schema;
  }

  private static void walk(Object node, String where, BiConsumer<String, Map<?, ?>> visit) {
    if (node instanceof List<?> items) {
      items.forEach(item -> walk(item, where, visit));
    } else if (node instanceof Map<?, ?> fields) {
      visit.accept(where, fields);
      fields.forEach((name, value) -> walk(value, where + "/" + name, visit));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> parent, String name) {
    return (Map<String, Object>) parent.get(name);
  }
}
