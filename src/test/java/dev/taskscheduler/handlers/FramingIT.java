package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.testing.LogLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where a request ends (RFC 9112): what hides a request in a body, what has no end, and what comes
/// in pieces. Guards every change of the HTTP library.
@Timeout(60)
class FramingIT {
  private static final Logger HELIDON = Logger.getLogger("io.helidon");
  private static final String SUBMIT = "POST /submit HTTP/1.1\r\nHost: h\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
  private static final String GOOD = "{\"payload\":1}";
  private static final String HIDDEN =
      "POST /pause HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";

  private final MemoryStore store = new MemoryStore();
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private final LogLines log = new LogLines("dev.taskscheduler.handlers");
  private final HttpServer server =
      TestServers.server(
          TestServers.config(1 << 20, 1 << 20, Duration.ofSeconds(10)),
          TestServers.scheduler(store),
          (route, status, nanos) -> {});
  private final Handler heard =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            warnings.add(record.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void start() {
    HELIDON.addHandler(heard);
    server.start(() -> {});
  }

  @AfterEach
  void stop() {
    server.close();
    HELIDON.removeHandler(heard);
    log.close();
    assertEquals(List.of(), warnings);
    assertEquals(List.of(), log.at(Level.SEVERE, ""));
  }

  private RawConnection connect() throws IOException {
    return new RawConnection(server.port());
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private void assertRefusedAndClosed(int status, String request) throws IOException {
    try (RawConnection connection = connect()) {
      RawConnection.Answer answer = connection.send(request).read();
      assertEquals(status, answer.status(), request);
      assertEquals(Problem.MEDIA_TYPE, answer.header("content-type"), request);
      assertEquals("close", answer.header("connection"), request);
      assertThrows(IOException.class, connection::read, request);
    }
    assertEquals(Map.of(), store.paused, request);
    assertEquals(Map.of(), store.submitted, request);
  }

  @Test
  void a_request_hidden_in_a_chunked_body_is_never_answered() throws IOException {
    for (String body :
        List.of(
            "+d\r\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN,
            "-d\r\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN,
            "0xd\r\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN,
            "d\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN,
            "d \r\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN,
            "d;a\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN,
            "d\r\n" + GOOD + "XX0\r\n\r\n" + HIDDEN,
            "d\r\n" + GOOD + "\n0\r\n\r\n" + HIDDEN,
            "z\r\n" + HIDDEN,
            "\r\n" + HIDDEN,
            HIDDEN,
            chunk(GOOD) + "0\r\nT: t\n\r\n" + HIDDEN,
            chunk(GOOD) + "0\r\n\rX" + HIDDEN)) {
      assertRefusedAndClosed(400, SUBMIT + JSON + CHUNKED + body);
    }
    String wrapped = "1000000000000000d\r\n" + GOOD + "\r\n0\r\n\r\n" + HIDDEN;
    assertRefusedAndClosed(413, SUBMIT + JSON + CHUNKED + wrapped);
  }

  @Test
  void a_request_hidden_by_its_headers_is_never_answered() throws IOException {
    String chunked = "0\r\n\r\n" + HIDDEN;
    for (String headers :
        List.of(
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding: x\r\n",
            "Transfer-Encoding:\r\n",
            "Transfer-Encoding: chunked, gzip\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "Transfer-Encoding: chunked;q=1\r\n",
            "Transfer-Encoding: \"chunked\"\r\n",
            "Transfer-Encoding: \u000bchunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding\r\n : chunked\r\n",
            "X: y\r\n Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nTransfer-Encoding: Chunked\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: -5\r\n",
            "Content-Length: 0x5\r\n",
            "Content-Length: 5;\r\n",
            "Content-Length: \r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 99999999999999999999\r\n")) {
      assertRefusedAndClosed(400, SUBMIT + JSON + headers + "\r\n" + chunked);
    }
    assertRefusedAndClosed(
        501, SUBMIT + JSON + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked);
  }

  @Test
  void lines_of_a_head_end_with_crlf_and_nothing_else() throws IOException {
    for (String request :
        List.of(
            "POST /pause HTTP/1.1\nHost: h\r\nContent-Length: 0\r\n\r\n",
            "POST /pause HTTP/1.1\r\nHost: h\nContent-Length: 0\r\n\r\n",
            "POST /pause HTTP/1.1\r\nHost: h\r\nX: a\rContent-Length: 5\r\n\r\n",
            "POST /pause HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n",
            "POST /pause HTTP/1.1\r\nHost: h\r\n X: y\r\n\r\n",
            "POST /pause HTTP/1.1\r\nHost: h\r\nX: y\r\n\tz\r\n\r\n")) {
      assertRefusedAndClosed(400, request);
    }
    assertRefusedAndClosed(414, "GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    assertRefusedAndClosed(
        400, "POST /pause HTTP/1.1\r\nHost: h\r\nX: " + "y".repeat(17_000) + "\r\n\r\n");
  }

  @Test
  void extensions_trailers_and_names_in_any_case_are_read_as_the_rfc_says() throws IOException {
    try (RawConnection connection = connect()) {
      for (String coding : List.of("chunked", "Chunked", "CHUNKED")) {
        connection.send(
            SUBMIT
                + JSON
                + "Transfer-Encoding: "
                + coding
                + "\r\n\r\n5;a=b\r\n{\"pay\r\n08 ;c=\"d;e\"\r\nload\":1}\r\n0;f\r\nDigest: x\r\n\r\n"
                + SUBMIT
                + JSON
                + CHUNKED
                + chunk(GOOD)
                + "0\r\n\r\n");
        assertEquals(202, connection.read().status(), coding);
        assertEquals(202, connection.read().status(), coding);
      }
      assertEquals(200, connection.send("GET /leader HTTP/1.1\r\nHost: h\r\n\r\n").read().status());
    }
    assertEquals(6, store.submitted.size());
  }

  @Test
  void requests_that_come_a_byte_at_a_time_are_read_like_any_other() throws IOException {
    String three =
        (SUBMIT + JSON + CHUNKED + "5;a=b\r\n{\"pay\r\n8\r\nload\":1}\r\n0\r\nT: t\r\n\r\n")
            + (SUBMIT + JSON + "Content-Length: 13\r\n\r\n" + GOOD)
            + "GET /leader HTTP/1.1\r\nHost: h\r\n\r\n";
    try (RawConnection connection = connect()) {
      for (byte each : three.getBytes(ISO_8859_1)) {
        connection.send(new byte[] {each});
      }
      for (int status : new int[] {202, 202, 200}) {
        assertEquals(status, connection.read().status());
      }
    }
  }

  @Test
  void a_line_of_a_chunk_without_an_end_is_cut_off_also_after_a_refusal() throws IOException {
    String endless = "0".repeat(64 * 1024);
    for (String path : List.of("/submit", "/submit/batch", "/nowhere", "/leader")) {
      for (String begin : List.of(endless, "5;" + endless, "0\r\nT: " + endless)) {
        try (RawConnection connection = connect()) {
          connection.send("POST " + path + " HTTP/1.1\r\nHost: h\r\n" + JSON + CHUNKED + begin);
          connection.awaitClosed(); // at once, not at the deadline
        }
      }
    }
  }

  @Test
  void a_batch_with_extensions_and_trailers_is_kept() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(batch("3;a=b\r\n" + "\r\n \r\n" + chunk(lines(600)) + "0\r\nT: t\r\n\r\n"));
      RawConnection.Answer answer = connection.read();
      assertEquals(200, answer.status());
      assertTrue(text(answer).contains("\"accepted\":600,"), text(answer));
      assertEquals(200, connection.send("GET /leader HTTP/1.1\r\nHost: h\r\n\r\n").read().status());
    }
  }

  @Test
  void a_batch_that_breaks_off_tells_what_became_of_each_task_before() throws IOException {
    for (String broken :
        List.of("zz\r\n" + HIDDEN, "5\r\nhelloXX" + HIDDEN, "0\r\nT\n", "0".repeat(5_000))) {
      store.submitted.clear();
      try (RawConnection connection = connect()) {
        RawConnection.Answer answer = connection.send(batch(chunk(lines(600)) + broken)).read();
        assertEquals(200, answer.status(), text(answer));
        assertEquals("close", answer.header("connection"));
        assertEquals(600, store.submitted.size());
        store.submitted.keySet().forEach(id -> assertTrue(text(answer).contains(id), id));
        assertTrue(text(answer).contains("\"problem\":{"), text(answer));
        assertTrue(text(answer).contains("malformed-body"), text(answer));
        assertThrows(IOException.class, connection::read);
      }
    }
    assertEquals(Map.of(), store.paused);
  }

  @Test
  void a_batch_that_is_cut_or_too_large_tells_what_became_of_each_task_before() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(batch(chunk(lines(600)) + "ff\r\n{\"pay")).endOutput();
      RawConnection.Answer answer = connection.read();
      assertEquals(200, answer.status(), text(answer));
      assertTrue(text(answer).contains("\"accepted\":600,"), text(answer));
      assertTrue(text(answer).contains("The body ended before"), text(answer));
    }
    String large = chunk(" ".repeat(1 << 18));
    try (RawConnection connection = connect()) {
      RawConnection.Answer answer =
          connection.send(batch(chunk(lines(600)) + large.repeat(12))).read();
      assertEquals(200, answer.status(), text(answer));
      assertTrue(text(answer).contains("\"accepted\":600,"), text(answer));
      assertTrue(text(answer).contains("\"status\":413"), text(answer));
    }
  }

  private static String batch(String body) {
    return "POST /submit/batch HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\n"
        + CHUNKED
        + body;
  }

  private static String lines(int count) {
    return (GOOD + "\n").repeat(count);
  }

  private static String text(RawConnection.Answer answer) {
    return new String(answer.body(), UTF_8);
  }

  @Test
  void a_client_that_goes_away_in_the_middle_leaves_no_line_in_the_log() throws IOException {
    for (String begin :
        List.of(
            "GE",
            "GET /leader HTTP/1.0\r\nHo",
            "POST /submit HTTP/1.1\r\nHost",
            SUBMIT + JSON + "Content-Length: 100\r\n\r\n{\"pay",
            SUBMIT + JSON + "Content-Length: 100\r\nContent-Encoding: gzip\r\n\r\n{",
            SUBMIT + JSON + CHUNKED + "5\r\n{",
            "POST /nowhere HTTP/1.1\r\nHost: h\r\n" + CHUNKED + "5\r\n{")) {
      try (RawConnection connection = connect()) {
        connection.send(begin).endOutput().awaitClosed();
      }
    } // what was logged is looked at when the server has stopped
  }

  @Test
  void http_1_0_is_answered_and_the_connection_closed() throws IOException {
    for (String headers :
        List.of("Host: h\r\n\r\n", "host: h\r\nConnection: keep-alive\r\n\r\n", "\r\n")) {
      try (RawConnection connection = connect()) {
        RawConnection.Answer answer = connection.send("GET /leader HTTP/1.0\r\n" + headers).read();
        assertEquals(200, answer.status(), text(answer));
        assertEquals("close", answer.header("connection"));
        connection.awaitClosed();
      }
    }
    String submission = SUBMIT.replace("1.1", "1.0") + JSON + "Content-Length: 13\r\n\r\n" + GOOD;
    try (RawConnection connection = connect()) {
      assertEquals(202, connection.send(submission + HIDDEN).read().status());
      assertThrows(IOException.class, connection::read);
    }
    try (RawConnection connection = connect()) {
      for (byte each : submission.getBytes(ISO_8859_1)) {
        connection.send(new byte[] {each});
      }
      assertEquals(202, connection.read().status());
      connection.awaitClosed();
    }
    assertEquals(2, store.submitted.size());
    store.submitted.clear();
    assertRefusedAndClosed(
        400, SUBMIT.replace("1.1", "1.0") + JSON + CHUNKED + chunk(GOOD) + "0\r\n\r\n");
  }

  @Test
  void an_answer_to_http_1_0_has_a_length_and_no_chunks() throws IOException {
    for (String path :
        List.of(
            "/health/live",
            "/openapi",
            "/swagger/doc.json",
            "/swagger/index.html",
            "/swagger/swagger-ui-bundle.js",
            "/tasks",
            "/nowhere")) {
      try (RawConnection connection = connect()) {
        RawConnection.Answer answer =
            connection.send("GET " + path + " HTTP/1.0\r\nHost: h\r\n\r\n").read();
        assertEquals("", answer.header("transfer-encoding"), path);
        assertEquals(answer.body().length + "", answer.header("content-length"), path);
        assertTrue(answer.body().length > 0, path);
        connection.awaitClosed();
      }
    }
  }

  @Test
  void a_body_in_another_coding_is_415_and_says_what_to_do() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(GOOD.getBytes(UTF_8));
    }
    String body = packed.toString(ISO_8859_1);
    for (String rest :
        List.of(
            "Content-Encoding: gzip\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
            "Content-Encoding: zstd\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n",
            "Content-Encoding: gzip\r\n" + CHUNKED + chunk(body) + "0\r\n\r\n")) {
      try (RawConnection connection = connect()) {
        RawConnection.Answer answer = connection.send(SUBMIT + JSON + rest).read();
        assertEquals(415, answer.status(), text(answer));
        assertEquals("identity", answer.header("accept-encoding"));
        assertTrue(text(answer).contains("Content-Encoding"), text(answer));
        connection.awaitClosed();
      }
    }
    assertEquals(Map.of(), store.submitted);
  }
}
