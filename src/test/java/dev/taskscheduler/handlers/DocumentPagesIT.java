package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The API document and the pages that show it.
@Timeout(120)
class DocumentPagesIT {
  private static RestFace face;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
  }

  @AfterAll
  static void stop() {
    face.close();
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  @Test
  void the_document_is_served_as_json_and_as_helidon_reads_it() throws Exception {
    HttpResponse<byte[]> document = face.call("GET", "/swagger/doc.json");
    assertEquals(
        new ObjectMapper(new YAMLFactory()).readTree(Path.of("docs", "swagger.yaml").toFile()),
        new ObjectMapper().readTree(document.body()));
    assertTrue(text(face.call("GET", "/openapi")).contains("operationId: submitTask"));
    HttpResponse<byte[]> json =
        face.send("GET", "/openapi", HttpRequest.newBuilder().header("Accept", "application/json"));
    assertTrue(text(json).contains("\"submitTask\""));
    HttpResponse<byte[]> unknown = face.call("GET", "/openapi?format=xml");
    assertEquals(400, unknown.statusCode());
  }

  @Test
  void the_pages_show_the_document() throws Exception {
    assertEquals(302, face.call("GET", "/swagger").statusCode());
    assertEquals(
        "swagger/", face.call("GET", "/swagger").headers().firstValue("Location").orElse(""));
    assertTrue(text(face.call("GET", "/swagger/")).contains("swagger-initializer.js"));
    for (String file :
        List.of(
            "swagger-initializer.js",
            "swagger-ui-bundle.js",
            "swagger-ui-standalone-preset.js",
            "swagger-ui.css",
            "index.css")) {
      HttpResponse<byte[]> answer =
          face.client.send(
              HttpRequest.newBuilder(face.uri("/swagger/" + file)).build(),
              BodyHandlers.ofByteArray());
      assertEquals(200, answer.statusCode(), file);
      assertTrue(answer.body().length > 0, file);
      assertEquals(
          file.endsWith(".js") ? "text/javascript" : "text/css",
          answer.headers().firstValue("Content-Type").orElse(""));
    }
  }

  @Test
  void a_page_that_a_browser_has_is_not_sent_again() throws Exception {
    String tag = face.call("GET", "/swagger/").headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> again =
        face.client.send(
            HttpRequest.newBuilder(face.uri("/swagger/")).header("If-None-Match", tag).build(),
            BodyHandlers.ofByteArray());
    assertEquals(304, again.statusCode());
    assertEquals(0, again.body().length);
    assertTrue( // a browser shows its copy under the policy of this answer
        again.headers().firstValue("Content-Security-Policy").orElse("").contains("'self'"));
  }
}
