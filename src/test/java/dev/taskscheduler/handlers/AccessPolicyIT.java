package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.PublicEndpoints;
import dev.taskscheduler.handlers.auth.TokenFile;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who may call, over HTTP.
@Timeout(120)
class AccessPolicyIT extends AccessFixture {
  /// They lead to the dashboard, whose files hold no data.
  private static final Set<String> ENTRANCES = Set.of("/", "/ui");

  @Test
  void without_a_token_only_what_is_open_is_answered() throws Exception {
    start(DEFAULT);
    Set<String> open =
        Set.of(
            "/",
            "/ui",
            "/ui/",
            "/health",
            "/health/live",
            "/health/ready",
            "/metrics",
            "/openapi",
            "/swagger");
    for (Map.Entry<String, String> route : Paths.ALLOWED.entrySet()) {
      for (String method : route.getValue().split(", ")) {
        HttpResponse<byte[]> answer = call(method, route.getKey());
        String what = method + " " + route.getKey();
        if (!open.contains(route.getKey()) && !route.getKey().startsWith("/swagger/")) {
          assertEquals(401, answer.statusCode(), what);
          assertEquals(REALM, challenge(answer), what);
        } else {
          assertTrue(answer.statusCode() < 400, what);
        }
      }
    }
    assertEquals(200, page("/swagger/swagger-ui.css"));
    assertEquals(401, call("GET", "/nowhere").statusCode());
    assertEquals(Map.of(), store.submitted);
  }

  @Test
  void each_area_is_open_or_closed_by_itself_and_the_probes_are_always_open() throws Exception {
    start(Set.of());
    for (String path : Paths.ALLOWED.keySet()) {
      String method = Paths.ALLOWED.get(path).equals("POST") ? "POST" : "GET";
      int status = call(method, path).statusCode();
      int expected = PROBES.contains(path) || path.equals("/ui/") ? 200 : 401;
      assertEquals(ENTRANCES.contains(path) ? 302 : expected, status, path);
    }
    assertEquals(200, page("/ui/app.js"));
    assertEquals(401, page("/swagger/swagger-ui.css"));
    assertEquals(200, as(READ, "GET", "/metrics").statusCode());
    server.close();
    start(Set.of(PublicEndpoints.METRICS));
    assertEquals(200, call("GET", "/metrics").statusCode());
    assertEquals(401, call("GET", "/health").statusCode());
    assertEquals(401, call("GET", "/swagger/").statusCode());
  }

  @Test
  void a_token_for_reading_reads_and_does_nothing_else() throws Exception {
    start(DEFAULT);
    for (String method : List.of("GET", "HEAD")) {
      assertEquals(200, as(READ, method, "/leader").statusCode());
      assertEquals(404, as(READ, method, "/nowhere").statusCode());
    }
    for (String path : List.of("/submit", "/leader/resign", "/nowhere")) {
      HttpResponse<byte[]> answer = as(READ, "POST", path);
      String scope = path.equals("/submit") ? "submit" : "all";
      assertEquals(403, answer.statusCode(), path);
      assertEquals(
          REALM + ", error=\"insufficient_scope\", scope=\"" + scope + "\"",
          challenge(answer),
          path);
    }
    assertEquals(403, as(READ, "DELETE", "/status").statusCode());
    assertEquals(Map.of(), store.submitted);
  }

  @Test
  void a_token_for_all_may_all() throws Exception {
    start(DEFAULT);
    HttpResponse<byte[]> submitted = as(ALL, "POST", "/submit");
    assertEquals(202, submitted.statusCode());
    String where = submitted.headers().firstValue("Location").orElseThrow();
    assertEquals(200, as(ALL, "GET", where).statusCode());
    assertEquals(409, as(ALL, "POST", "/leader/resign").statusCode());
    assertEquals(404, as(ALL, "GET", "/nowhere").statusCode());
    assertEquals(405, as(ALL, "DELETE", "/status").statusCode());
    for (String scheme : List.of("bearer ", "BEARER ", "Bearer   ")) {
      String said = scheme + ALL;
      assertEquals(202, call("POST", "/submit", "Authorization", said).statusCode(), scheme);
    }
  }

  @Test
  void what_is_not_a_known_token_is_refused_whatever_it_looks_like() throws Exception {
    start(DEFAULT);
    for (String said :
        List.of(
            "Bearer",
            "Bearer ",
            "Bearer " + ALL + "x",
            "Bearer " + ALL.substring(1),
            "Bearer " + ALL.toUpperCase(Locale.ROOT),
            "Bearer " + ALL + "," + ALL,
            "Bearer " + ALL + " " + ALL,
            "Bearer x" + "y".repeat(8_000),
            "Basic " + ALL,
            ALL)) {
      HttpResponse<byte[]> answer = call("POST", "/submit", "Authorization", said);
      assertEquals(401, answer.statusCode(), said);
      assertEquals(REALM + ", error=\"invalid_token\"", challenge(answer), said);
    }
    HttpResponse<byte[]> two =
        call("POST", "/submit", "Authorization", "Bearer " + ALL, "Authorization", "Bearer " + ALL);
    assertEquals(429, two.statusCode()); // the eleventh
    assertEquals(Map.of(), store.submitted);
  }

  @Test
  void no_way_of_writing_a_path_opens_what_is_closed() throws Exception {
    start(DEFAULT);
    for (String path :
        List.of(
            "/swagger/../status",
            "/swagger/%2e%2e/status",
            "/swagger/..%2fstatus",
            "/swagger/..;/status",
            "/swagger/;/../status",
            "/swagger/./../status",
            "/swagger//../status",
            "//status",
            "/./status",
            "/status;x=y",
            "/health/../status",
            "/health/live/../../status",
            "/health;/../status",
            "/%73tatus")) {
      try (RawConnection connection = new RawConnection(server.port())) {
        RawConnection.Answer answer =
            connection.send("GET " + path + "?id=1 HTTP/1.1\r\nHost: h\r\n\r\n").read();
        // What /status says of this id is for nobody.
        assertEquals(400, answer.status(), path);
        assertTrue(new String(answer.body(), UTF_8).contains("Write the path plainly"), path);
      }
    }
  }

  @Test
  void who_may_not_is_told_so_before_the_body_is_read() throws Exception {
    start(DEFAULT);
    String begin = "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.send(begin + "Content-Length: 13\r\n\r\n"); // and no body
      RawConnection.Answer answer = connection.read();
      assertEquals(401, answer.status());
      assertEquals(REALM, answer.header("www-authenticate"));
      connection.send(GOOD);
      connection.send(
          "GET /leader HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + READ + "\r\n\r\n");
      assertEquals(200, connection.read().status());
    }
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.send(begin + "Expect: 100-continue\r\nContent-Length: 13\r\n\r\n");
      RawConnection.Answer answer = connection.read();
      assertEquals(401, answer.status());
      assertEquals("close", answer.header("connection")); // at once, not at the deadline
      connection.awaitClosed();
    }
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.send(
          begin
              + "Authorization: Bearer "
              + ALL
              + "\r\nExpect: 100-continue\r\nContent-Length: 13\r\n\r\n");
      assertEquals(100, connection.read().status());
      assertEquals(202, connection.send(GOOD).read().status());
    }
  }

  @Test
  void no_token_is_ever_logged_or_answered() throws Exception {
    start(DEFAULT);
    for (String token : List.of(ALL, READ, "unknown-77aa")) {
      HttpResponse<byte[]> answer = as(token, "POST", "/submit");
      assertFalse(new String(answer.body(), UTF_8).contains(token));
      assertFalse(answer.headers().map().toString().contains(token));
    }
    store.mood = MemoryStore.Mood.DEFECT;
    assertEquals(500, as(ALL, "POST", "/submit").statusCode());
    for (String token : List.of(ALL, READ, "unknown-77aa")) {
      assertFalse(log.all().contains(token), log.all());
    }
  }

  @Test
  void a_node_that_anyone_may_reach_and_use_says_so_once_at_its_start() {
    start("0.0.0.0", new AccessPolicy.Everyone());
    List<String> said = log.at(Level.WARNING, "");
    assertEquals(1, said.size(), log.all());
    assertTrue(said.getFirst().contains("API_TOKENS_FILE"), said.getFirst());
    assertTrue(said.getFirst().contains("LISTEN_ADDR"), said.getFirst());
    server.close();
    for (String host : List.of("127.0.0.1", "localhost", "::1")) {
      start(host, new AccessPolicy.Everyone());
      server.close();
    }
    TokenFile.Valid tokens = assertInstanceOf(TokenFile.Valid.class, TokenFile.read(file));
    start("0.0.0.0", new AccessPolicy.Bearers(tokens, DEFAULT));
    assertEquals(1, log.at(Level.WARNING, "").size(), log.all());
  }

  @Test
  void without_tokens_a_header_means_nothing() throws Exception {
    start("127.0.0.1", new AccessPolicy.Everyone());
    assertEquals(202, as("anything", "POST", "/submit").statusCode());
    assertNotEquals(Map.of(), store.submitted);
  }

  @Test
  void a_connection_outlives_refusals() throws Exception {
    start(DEFAULT);
    try (RawConnection connection = new RawConnection(server.port())) {
      for (int i = 0; i < 3; i++) {
        assertEquals(401, connection.submit(GOOD.getBytes(UTF_8)).read().status());
      }
      connection.send("HEAD /leader HTTP/1.1\r\nHost: h\r\n\r\n");
      RawConnection.Answer head = connection.read(false);
      assertEquals(401, head.status());
      assertEquals(Problem.MEDIA_TYPE, head.header("content-type"));
      connection.send("POST /submit HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n");
      assertEquals(400, connection.read().status());
      assertThrows(IOException.class, connection::read);
    }
  }
}
