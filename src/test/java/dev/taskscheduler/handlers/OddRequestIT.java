package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests whose first line no client library would write: paths that could be read as others, and
/// methods that do not exist. Each is a problem, and none leaves a line in the log.
class OddRequestIT {
  private static final Logger ROOT = Logger.getLogger("");
  private static final List<String> LINES = new CopyOnWriteArrayList<>();
  private static final Handler READER =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.INFO.intValue()) {
            LINES.add(record.getLoggerName() + " " + record.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private static RestFace face;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
    ROOT.addHandler(READER);
  }

  @AfterAll
  static void stop() {
    ROOT.removeHandler(READER);
    face.close();
  }

  private static RawConnection.Answer answer(String method, String target) throws IOException {
    LINES.clear();
    try (RawConnection raw = new RawConnection(face.uri("").getPort())) {
      raw.send(method + " " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
      return raw.read();
    } finally {
      assertEquals(List.of(), LINES, "a line in the log for " + method + " " + target);
    }
  }

  private static void assertProblem(RawConnection.Answer answer, String what) {
    assertEquals("application/problem+json", answer.header("content-type"), what);
    assertFalse(new String(answer.body(), UTF_8).contains("defect"), what);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tasks/./retry?state=dead",
        "/tasks/%2e/retry?state=dead",
        "/tasks/%2E/retry?state=dead",
        "/tasks//retry?state=dead",
        "/tasks/x/../retry?state=dead",
        "/tasks/x/%2e%2e/retry?state=dead",
        "/tasks/;x/retry?state=dead",
        "/tasks/retry;x?state=dead",
        "/./tasks/retry?state=dead",
        "//tasks/retry?state=dead",
        "/tasks%2fretry?state=dead",
        "/tasks\\retry?state=dead",
        "/%74asks/retry?state=dead",
        "/swagger/../tasks/retry?state=dead",
        "/tasks/..",
        "/swagger/..%2f..%2f..%2fbuild.properties",
        "/."
      })
  void a_path_that_could_be_read_as_another_reaches_no_route(String target) throws IOException {
    RawConnection.Answer answer = answer("POST", target);
    assertEquals(400, answer.status(), target);
    assertProblem(answer, target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/health/live", "/tasks", "/swagger/", "/.well-known/x", "/a..b/c."})
  void a_plain_path_is_left_alone(String target) throws IOException {
    assertTrue(answer("GET", target).status() != 400, target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOO", "TRACE", "CONNECT", "PROPFIND", "OPTIONS", "M-SEARCH"})
  void a_method_that_is_not_served_is_a_problem(String method) throws IOException {
    for (String target : List.of("/submit", "/health", "/nothing", "/swagger/index.html")) {
      RawConnection.Answer answer = answer(method, target);
      assertTrue(List.of(400, 404, 405, 501).contains(answer.status()), answer.status() + target);
      assertProblem(answer, method + " " + target);
    }
  }

  @Test
  void a_first_line_that_is_none_is_a_problem() throws IOException {
    for (String line : List.of("G".repeat(5_000), "GET", "G\u0001T /health", "G@T /health")) {
      LINES.clear();
      try (RawConnection raw = new RawConnection(face.uri("").getPort())) {
        raw.send(line + " HTTP/1.1\r\nHost: h\r\n\r\n");
        RawConnection.Answer answer = raw.read();
        String what = answer.status() + " " + line;
        assertTrue(answer.status() >= 400 && answer.status() < 500, what);
        assertProblem(answer, what);
      }
      assertEquals(List.of(), LINES, line);
    }
  }
}
