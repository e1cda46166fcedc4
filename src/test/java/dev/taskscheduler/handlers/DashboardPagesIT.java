package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How the dashboard's files are served. `src/browser/run` tests the pages themselves.
@Timeout(120)
class DashboardPagesIT {
  private static final Path FILES = Path.of("src", "main", "resources", "META-INF", "ui");
  private static RestFace face;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
  }

  @AfterAll
  static void stop() {
    face.close();
  }

  /// @param headers names and values, in turns
  private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(face.uri(path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return face.client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String policy(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("Content-Security-Policy").orElse("");
  }

  @Test
  void the_root_leads_to_the_page_by_a_relative_location() throws Exception {
    for (String path : List.of("/", "/ui")) {
      HttpResponse<byte[]> answer = get(path);
      assertEquals(302, answer.statusCode(), path);
      assertEquals("ui/", answer.headers().firstValue("Location").orElse(""), path);
    }
  }

  @Test
  void every_file_is_served_and_no_other() throws Exception {
    try (Stream<Path> files = Files.list(FILES)) {
      for (Path file : files.toList()) {
        HttpResponse<byte[]> answer = get("/ui/" + file.getFileName());
        assertEquals(200, answer.statusCode(), file.toString());
        assertEquals(Files.readString(file), new String(answer.body(), UTF_8));
      }
    }
    for (String library : List.of("preact.js", "hooks.js", "htm.js", "uplot.js", "uplot.css")) {
      assertTrue(get("/ui/" + library).body().length > 1000, library);
    }
    for (String other : List.of("application.yaml", "package.json", "a/app.js")) {
      assertEquals(404, get("/ui/" + other).statusCode(), other);
    }
  }

  @Test
  void a_browser_runs_our_scripts_alone() throws Exception {
    HttpResponse<byte[]> page = get("/ui/");
    Matcher map =
        Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL)
            .matcher(new String(page.body(), UTF_8));
    assertTrue(map.find());
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(map.group(1).getBytes(UTF_8));
    String policy = policy(page);
    assertTrue(policy.contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'"));
    assertTrue(policy.contains("frame-ancestors 'none'"));
    assertTrue(policy.contains("require-trusted-types-for 'script'"));
    assertFalse(policy.contains("unsafe"));
    String tag = page.headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> again = get("/ui/", "If-None-Match", tag);
    assertEquals(304, again.statusCode());
    assertEquals(policy, policy(again)); // under which a browser shows its copy
  }

  @Test
  void a_file_is_compressed_for_those_who_can_read_that() throws Exception {
    HttpResponse<byte[]> packed = get("/ui/uplot.js", "Accept-Encoding", "gzip");
    assertEquals("gzip", packed.headers().firstValue("Content-Encoding").orElse(""));
    byte[] plain = get("/ui/uplot.js").body();
    assertTrue(packed.body().length < plain.length / 2);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
      assertEquals(new String(plain, UTF_8), new String(in.readAllBytes(), UTF_8));
    }
  }

  @Test
  void the_page_learns_what_it_may_show() throws Exception {
    HttpResponse<byte[]> config = get("/ui/config.json");
    assertEquals(
        "{\"version\":\"0.1.0\",\"hidePayloads\":false}", new String(config.body(), UTF_8));
  }
}
