package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.OriginRules;
import dev.taskscheduler.metrics.Meters;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What web pages of other sites can make a browser send, and the headers of every answer. Raw
/// sockets, since client libraries refuse to send such headers.
@Timeout(60)
class OriginIT {
  private static final String API = "default-src 'none'; frame-ancestors 'none'";

  private final MemoryStore store = new MemoryStore();
  private HttpServer server;

  @BeforeEach
  void start() {
    start("127.0.0.1", new OriginRules(Set.of(), Set.of()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void start(String host, OriginRules rules) {
    Meters meters = TestServers.meters();
    server =
        TestServers.server(
            TestServers.config(host, new AccessPolicy.Everyone(), rules),
            TestServers.scheduler(store),
            meters,
            meters.feature());
    server.start(() -> {});
  }

  private void restart(String host, OriginRules rules) {
    server.close();
    start(host, rules);
  }

  private RawConnection.Answer send(String request) throws IOException {
    try (RawConnection connection = new RawConnection(server.port())) {
      return connection.send(request).read(!request.startsWith("HEAD"));
    }
  }

  private String own() {
    return "localhost:" + server.port();
  }

  private int pause(String host, String... headers) throws IOException {
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    RawConnection.Answer answer =
        send(
            "POST /resume HTTP/1.1\r\nHost: "
                + host
                + "\r\n"
                + lines
                + "Content-Length: 0\r\n\r\n");
    if (answer.status() == 403) {
      assertTrue(new String(answer.body(), UTF_8).contains("foreign-"));
    }
    return answer.status();
  }

  @Test
  void the_dashboard_loads_behind_a_proxy_that_changes_the_host_but_its_calls_are_refused()
      throws IOException {
    String foreign =
        " HTTP/1.1\r\nHost: %s\r\nOrigin: https://tasks.example.com\r\nContent-Length: 0\r\n\r\n"
            .formatted(own());
    assertEquals(200, send("GET /ui/app.js" + foreign).status());
    assertEquals(403, send("GET /stats" + foreign).status());
    assertEquals(403, send("POST /resume" + foreign).status());
  }

  @Test
  void a_page_of_another_origin_changes_and_reads_nothing() throws IOException {
    for (String origin :
        List.of(
            "http://evil.test",
            "http://evil.test:" + server.port(),
            "null",
            "",
            "http://localhost",
            "http://localhost:1",
            "http://" + own() + ".evil.test",
            "http://" + own() + "/",
            "http://x@" + own(),
            own(),
            "https://" + own(),
            "ftp://" + own(),
            "chrome-extension://" + own(),
            "://" + own(),
            "http://127.0.0.1:" + server.port())) {
      assertEquals(403, pause(own(), "Origin: " + origin), origin);
      String read = "GET /leader HTTP/1.1\r\nHost: " + own() + "\r\nOrigin: " + origin + "\r\n\r\n";
      assertEquals(403, send(read).status(), origin);
    }
    String same = "Origin: http://" + own();
    assertEquals(403, pause(own(), same, "Origin: http://evil.test"));
    assertEquals(200, pause(own(), same));
    assertEquals(200, pause(own(), "Origin: HTTP://LOCALHOST:" + server.port()));
    assertEquals(200, pause("localhost", "Origin: http://localhost"));
    assertEquals(200, pause("localhost:80", "Origin: http://localhost"));
    assertEquals(403, pause("localhost:443", "Origin: https://localhost"), "TLS is not spoken");
    assertEquals(403, pause("localhost:80", "Origin: https://localhost"));
    assertEquals(200, pause(own()));
  }

  @Test
  void what_a_browser_calls_cross_site_changes_nothing() throws IOException {
    for (String site : List.of("cross-site", "same-site", "anything")) {
      assertEquals(403, pause(own(), "Sec-Fetch-Site: " + site), site);
    }
    for (String site : List.of("same-origin", "none")) {
      assertEquals(200, pause(own(), "Sec-Fetch-Site: " + site), site);
    }
    String link =
        "GET /swagger/ HTTP/1.1\r\nHost: " + own() + "\r\nSec-Fetch-Site: cross-site\r\n\r\n";
    assertEquals(200, send(link).status());
  }

  @Test
  void an_origin_that_was_named_may_call() throws IOException {
    restart("127.0.0.1", new OriginRules(Set.of("https://tasks.test"), Set.of()));
    String named = "Origin: https://tasks.test";
    assertEquals(200, pause(own(), named));
    assertEquals(200, pause(own(), named, "Sec-Fetch-Site: cross-site"));
    assertEquals(403, pause(own(), "Origin: http://tasks.test"));
    assertEquals(403, pause(own(), "Origin: https://tasks.test:444"));
  }

  /// A proxy in front may end TLS; what it serves is its own.
  @Test
  void a_page_that_a_proxy_serves_by_tls_is_own() throws IOException {
    restart("0.0.0.0", new OriginRules(Set.of(), Set.of("tasks.test")));
    assertEquals(200, pause("tasks.test", "Origin: https://tasks.test"));
    assertEquals(200, pause("tasks.test", "Origin: http://tasks.test"));
    assertEquals(200, pause("tasks.test:8443", "Origin: https://tasks.test:8443"));
    assertEquals(403, pause("tasks.test", "Origin: https://tasks.test:8443"));
    assertEquals(403, pause("tasks.test", "Origin: ftp://tasks.test"));
  }

  @Test
  void on_loopback_only_names_of_loopback_are_served() throws IOException {
    for (String host :
        List.of("localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80", "[::1]:8")) {
      assertEquals(200, pause(host), host);
    }
    for (String host :
        List.of(
            "evil.test",
            "evil.test:" + server.port(),
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "10.0.0.1",
            "0.0.0.0",
            "[2001:db8::1]")) {
      assertEquals(403, pause(host, "Origin: http://" + host), host);
      assertEquals(403, pause(host), host);
    }
    restart("127.0.0.1", new OriginRules(Set.of(), Set.of("tasks.test")));
    assertEquals(200, pause("Tasks.test:99"));
    assertEquals(403, pause("evil.test"));
  }

  @Test
  void elsewhere_names_are_checked_once_they_are_named() throws IOException {
    restart("0.0.0.0", new OriginRules(Set.of(), Set.of()));
    assertEquals(200, pause("anything.test"));
    restart("0.0.0.0", new OriginRules(Set.of(), Set.of("tasks.test")));
    for (String host : List.of("tasks.test", "10.0.0.1:8080", "[2001:db8::1]", "localhost")) {
      assertEquals(200, pause(host), host);
    }
    assertEquals(403, pause("evil.test"));
  }

  @Test
  void a_request_names_its_host_exactly_once() throws IOException {
    String get = "GET /leader HTTP/1.1\r\n";
    assertEquals(400, send(get + "\r\n").status());
    assertEquals(400, send(get + "Host: localhost\r\nHost: localhost\r\n\r\n").status());
    assertEquals(400, send(get + "Host: localhost\r\nHost: evil.test\r\n\r\n").status());
    assertEquals(400, send(get + "Host:\r\n\r\n").status());
  }

  private void carries(String request, String policy, String cache) throws IOException {
    RawConnection.Answer answer = send(request);
    String what = answer.status() + " " + request;
    assertEquals("nosniff", answer.header("x-content-type-options"), what);
    assertEquals(cache, answer.header("cache-control"), what);
    assertEquals("no-referrer", answer.header("referrer-policy"), what);
    assertEquals("", answer.header("strict-transport-security"), what);
    if (policy.isEmpty()) {
      String given = answer.header("content-security-policy");
      assertTrue(given.contains("script-src 'self';"), given);
      assertTrue(given.contains("frame-ancestors 'none'"), given);
    } else {
      assertEquals(policy, answer.header("content-security-policy"), what);
    }
  }

  @Test
  void every_answer_tells_browsers_what_to_do_with_it() throws IOException {
    String host = " HTTP/1.1\r\nHost: localhost\r\n";
    for (String request :
        List.of(
            "GET /leader",
            "HEAD /leader",
            "GET /health/live",
            "GET /metrics",
            "GET /openapi",
            "HEAD /openapi",
            "GET /swagger/doc.json",
            "GET /nowhere",
            "GET /swagger/nowhere",
            "DELETE /status",
            "GET /",
            "GET /status?id=1")) {
      carries(request + host + "\r\n", API, "no-store");
    }
    carries("POST /resume" + host + "Origin: null\r\nContent-Length: 0\r\n\r\n", API, "no-store");
    carries("POST /submit" + host + "Content-Length: 99999999\r\n\r\n", API, "no-store");
    carries("POST /submit" + host + "Content-Length: x\r\n\r\n", API, "no-store");
    carries("GET /leader HTTP/1.1\r\n\r\n", API, "no-store"); // by Helidon itself
    carries("GET /%zz" + host + "\r\n", API, "no-store");
    carries("GET /" + "x".repeat(5_000) + host + "\r\n", API, "no-store");
    store.mood = MemoryStore.Mood.DEFECT;
    String body = "{\"payload\":1}";
    carries(
        "POST /submit"
            + host
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body,
        API,
        "no-store");
    carries("GET /swagger/" + host + "\r\n", "", "no-cache");
    String tag = send("GET /swagger/swagger-ui.css" + host + "\r\n").header("etag");
    RawConnection.Answer known =
        send("GET /swagger/swagger-ui.css" + host + "If-None-Match: " + tag + "\r\n\r\n");
    assertEquals(304, known.status());
    assertEquals("no-cache", known.header("cache-control"));
  }
}
