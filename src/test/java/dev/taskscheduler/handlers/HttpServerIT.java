package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.handlers.wire.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What only a socket shows: slow, broken and hurried clients.
@Timeout(60)
class HttpServerIT {
  private static final int MAX_BODY = 1_000;
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final byte[] GOOD = "{\"payload\":1}".getBytes(UTF_8);

  private final MemoryStore store = new MemoryStore();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  private HttpServer server(String host, int port) {
    return server(host, port, Duration.ofMinutes(1));
  }

  private HttpServer server(String host, int port, Duration idle) {
    return new HttpServer(
        TestServers.config(
            host,
            port,
            MAX_BODY,
            MAX_BODY,
            DEADLINE,
            new AccessPolicy.Everyone(),
            new Transport.Plain(),
            TestServers.ANY_HOST),
        TestServers.scheduler(store),
        (route, status, nanos) -> told.add(route + " " + status),
        idle,
        TestServers.UNLIMITED);
  }

  @BeforeEach
  void start() {
    server = server("127.0.0.1", 0);
    server.start(() -> {});
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawConnection connect() throws IOException {
    return new RawConnection(server.port());
  }

  @Test
  void a_port_that_is_taken_stops_the_start_and_is_named() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      try (HttpServer second = server("127.0.0.1", taken.getLocalPort())) {
        String said =
            assertThrows(IllegalStateException.class, () -> second.start(() -> {})).getMessage();
        assertTrue(said.contains("127.0.0.1:" + taken.getLocalPort()), said);
        assertTrue(said.contains("LISTEN_ADDR"), said);
      }
    }
  }

  @Test
  void requests_sent_at_once_are_answered_in_order_and_an_error_ends_nothing() throws IOException {
    try (RawConnection connection = connect()) {
      connection
          .submit(GOOD)
          .submit("{\"payload\":".getBytes(UTF_8))
          .send("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n")
          .send("DELETE /submit HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody")
          .send("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody")
          .submit(GOOD);
      for (int status : new int[] {202, 400, 404, 405, 404, 202}) {
        assertEquals(status, connection.read().status());
      }
    }
  }

  @Test
  void a_chunked_body_is_read_like_any_other() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"pay\r\n8\r\nload\":1}\r\n0\r\n\r\n");
      assertEquals(202, connection.read().status());
      connection.submit(GOOD);
      assertEquals(202, connection.read().status());
    }
  }

  @Test
  void a_client_that_waits_to_be_asked_for_its_body_is_asked() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              + "Expect: 100-continue\r\nContent-Length: 13\r\n\r\n");
      assertEquals(100, connection.read().status());
      connection.send(GOOD);
      assertEquals(202, connection.read().status());
    }
  }

  @Test
  void a_body_that_is_too_large_is_refused_announced_or_not() throws IOException {
    byte[] large = ("{\"payload\":\"" + "x".repeat(MAX_BODY) + "\"}").getBytes(UTF_8);
    try (RawConnection connection = connect()) {
      RawConnection.Answer answer = connection.submit(large).read();
      assertEquals(413, answer.status());
      assertEquals(Problem.MEDIA_TYPE, answer.header("content-type"));
      assertEquals(202, connection.submit(GOOD).read().status());
    }
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(large.length)
              + "\r\n");
      RawConnection.Answer answer = connection.send(large).send("\r\n0\r\n\r\n").read();
      assertEquals(413, answer.status());
      assertEquals(Problem.MEDIA_TYPE, answer.header("content-type"));
      connection.awaitClosed(); // nobody knows how much there is
    }
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              + "Expect: 100-continue\r\nContent-Length: "
              + large.length
              + "\r\n\r\n");
      assertEquals(413, connection.read().status());
      connection.awaitClosed();
    }
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + Integer.MAX_VALUE
              + "\r\n\r\n");
      assertEquals(413, connection.read().status());
      connection.awaitClosed();
    }
    byte[] most = ("{\"payload\":\"" + "x".repeat(MAX_BODY - 14) + "\"}").getBytes(UTF_8);
    assertEquals(MAX_BODY, most.length);
    try (RawConnection connection = connect()) {
      assertEquals(202, connection.submit(most).read().status());
    }
  }

  @Test
  void headers_that_come_too_slowly_close_the_connection() throws IOException {
    try (RawConnection connection = connect()) {
      long from = System.nanoTime();
      connection.send("POST /submit HTTP/1.1\r\nHost: h\r\nContent-Ty").awaitClosed();
      assertCutOff(from);
    }
  }

  @Test
  void a_body_that_comes_too_slowly_closes_the_connection() throws IOException {
    for (String path : List.of("/submit", "/nowhere")) {
      try (RawConnection connection = connect()) {
        long from = System.nanoTime();
        connection.send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{\"payload\":");
        connection.awaitClosed();
        assertCutOff(from);
      }
    }
  }

  private static void assertCutOff(long from) {
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    assertTrue(took.compareTo(DEADLINE) >= 0, took.toString());
    assertTrue(took.compareTo(DEADLINE.plusSeconds(5)) < 0, took.toString());
  }

  @Test
  void a_handler_that_takes_too_long_is_answered_for() throws IOException {
    store.mood = MemoryStore.Mood.SILENT;
    try (RawConnection connection = connect()) {
      RawConnection.Answer answer = connection.submit(GOOD).read();
      assertEquals(503, answer.status());
      assertTrue(new String(answer.body(), UTF_8).contains("outcome-unknown"));
      assertEquals("1", answer.header("retry-after"));
    }
  }

  @Test
  void a_connection_that_rests_between_requests_outlives_the_deadline() throws Exception {
    try (RawConnection connection = connect();
        RawConnection slow = connect()) {
      assertEquals(202, connection.submit(GOOD).read().status());
      // Two others that are cut off, one after the other, are the clock.
      slow.send("GET /leader HTTP/1.1\r\nHost").awaitClosed();
      try (RawConnection again = connect()) {
        again.send("GET /leader HTTP/1.1\r\nHost").awaitClosed();
      }
      assertEquals(202, connection.submit(GOOD).read().status());
    }
  }

  @Test
  void a_connection_that_says_nothing_is_closed_be_it_from_the_start() throws IOException {
    try (HttpServer hasty = server("127.0.0.1", 0, Duration.ofSeconds(1))) {
      hasty.start(() -> {});
      for (String begin : List.of("", "GE", "GET /leader HTTP/1.1\r\nHost: h\r\n\r\n")) {
        try (RawConnection connection = new RawConnection(hasty.port())) {
          connection.send(begin).awaitClosed();
        }
      }
    }
  }

  @Test
  void what_cannot_be_read_is_a_problem_too() throws IOException {
    for (String request :
        List.of(
            "GET / HTTP/1.1\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /status?id=%zz HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nBad Header: 1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(20_000) + "\r\n\r\n",
            "GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Encoding: gzip\r\n\r\n1")) {
      try (RawConnection connection = connect()) {
        RawConnection.Answer answer = connection.send(request).read();
        assertTrue(
            List.of(400, 414, 415, 505).contains(answer.status()), answer.status() + " " + request);
        assertEquals(Problem.MEDIA_TYPE, answer.header("content-type"), request);
      }
    }
  }

  @Test
  void a_body_whose_end_two_readers_could_see_in_two_places_ends_the_connection()
      throws IOException {
    String begin = "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    String hidden = "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n";
    for (String rest :
        List.of(
            "Content-Length: -1\r\n\r\n" + hidden,
            "Content-Length: 0\r\nContent-Length: 13\r\n\r\n" + hidden,
            "Content-Length: 0, 13\r\n\r\n" + hidden,
            "Content-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
            "Transfer-Encoding: gzip\r\nContent-Length: 13\r\n\r\n" + hidden)) {
      try (RawConnection connection = connect()) {
        RawConnection.Answer answer = connection.send(begin + rest).read();
        assertEquals(400, answer.status(), rest);
        assertThrows(IOException.class, connection::read, rest);
      }
    }
  }

  @Test
  void a_connection_that_the_client_wants_closed_is_closed() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send("GET /leader HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertEquals(200, connection.read().status());
      connection.awaitClosed();
    }
  }

  @Test
  void nothing_of_a_body_that_was_refused_is_taken_for_a_request() throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\nffff\r\n"
              + "GET /leader HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals(413, connection.read().status());
      assertThrows(IOException.class, connection::read);
    }
    assertEquals(List.of("/submit 413"), told);
  }

  @Test
  void the_answer_to_head_is_that_to_get_without_its_body() throws IOException {
    try (RawConnection connection = connect()) {
      for (String path :
          List.of(
              "/leader",
              "/health/live",
              "/status",
              "/openapi",
              "/openapi?format=json",
              "/openapi?format=xml",
              "/swagger/doc.json",
              "/swagger/index.html")) {
        String rest = " HTTP/1.1\r\nHost: h\r\n\r\n";
        RawConnection.Answer get = connection.send("GET " + path + rest).read();
        RawConnection.Answer head = connection.send("HEAD " + path + rest).read(false);
        assertEquals(get.status(), head.status(), path);
        assertEquals(get.header("content-type"), head.header("content-type"), path);
        assertEquals(get.header("content-length"), head.header("content-length"), path);
      }
    }
  }

  @Test
  void the_listener_hears_of_paths_by_name_only() throws IOException {
    try (RawConnection connection = connect()) {
      connection.submit(GOOD).read();
      connection.send("GET /made/up HTTP/1.1\r\nHost: h\r\n\r\n").read();
      connection.send("GET /swagger/x HTTP/1.1\r\nHost: h\r\n\r\n").read();
      connection.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n").read();
    } // a request is told of after its answer, and before the next one
    List<String> first = List.copyOf(told).subList(0, 3); // the fourth may be told of just now
    assertEquals(List.of("/submit 202", "other 404", "/swagger/ 404"), first);
  }

  @Test
  void a_client_that_goes_away_in_the_middle_harms_nobody() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawConnection connection = connect()) {
        connection.send(
            "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{\"payload\":");
      }
    }
    try (RawConnection connection = connect()) {
      assertEquals(202, connection.submit(GOOD).read().status());
    }
    assertEquals(1, store.submitted.size());
  }
}
