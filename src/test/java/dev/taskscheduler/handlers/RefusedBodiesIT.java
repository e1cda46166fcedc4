package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.TokenFile;
import dev.taskscheduler.handlers.auth.TokenFileTest;
import dev.taskscheduler.handlers.server.FramedHttp1;
import dev.taskscheduler.handlers.tls.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a body that is refused before it is read: a little is read, and the connection
/// goes on; more is not, and the connection ends. No byte of it is ever taken for a request.
@Timeout(60)
class RefusedBodiesIT {
  private static final String READ = "looks-8f3a51c07d6e4b92";
  private static final String ALL = "does-c2b94e7710fd4a3e";
  private static final int LARGE = 1_000_000; // less than what is 413 for its length alone
  private static final int MAX_BODY = 1 << 20;
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
  private static final String HIDDEN =
      "POST /pause HTTP/1.1\r\nHost: h\r\n" + bearer(ALL) + "Content-Length: 0\r\n\r\n";

  /// Begins of requests that are refused by their heads, and their statuses.
  private static final Map<String, Integer> REFUSED =
      Map.of(
          "POST /submit HTTP/1.1\r\nHost: h\r\n" + JSON, 401,
          "POST /submit HTTP/1.1\r\nHost: h\r\n" + JSON + bearer(READ), 403,
          "POST /nowhere HTTP/1.1\r\nHost: h\r\n" + JSON + bearer(ALL), 404,
          "POST /leader HTTP/1.1\r\nHost: h\r\n" + JSON + bearer(ALL), 405,
          "POST /submit HTTP/1.1\r\nHost: h\r\n" + bearer(ALL), 415);

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();
  private HttpServer server;

  private static String bearer(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  @BeforeEach
  void start() throws IOException {
    Path file = folder.resolve("tokens");
    Files.writeString(
        file, TokenFileTest.line("board", "read", READ) + TokenFileTest.line("ops", "all", ALL));
    server =
        TestServers.server(
            TestServers.config(
                MAX_BODY,
                2 * LARGE,
                Duration.ofSeconds(30),
                new AccessPolicy.Bearers(
                    assertInstanceOf(TokenFile.Valid.class, TokenFile.read(file)), Set.of()),
                new Transport.Plain()),
            TestServers.scheduler(store),
            (route, status, nanos) -> {});
    server.start(() -> {});
  }

  @AfterEach
  void stop() {
    server.close();
    assertEquals(Map.of(), store.paused);
  }

  private RawConnection connect() throws IOException {
    return new RawConnection(server.port());
  }

  @Test
  void a_large_body_is_not_read_and_its_client_cut_off_soon() throws IOException {
    byte[] large = HIDDEN.repeat(LARGE / HIDDEN.length()).getBytes(UTF_8);
    for (Map.Entry<String, Integer> refused : REFUSED.entrySet()) {
      for (String length :
          List.of(
              "Content-Length: " + large.length + "\r\n\r\n",
              CHUNKED + Integer.toHexString(large.length) + "\r\n")) {
        String head = refused.getKey() + length;
        try (RawConnection connection = connect()) {
          RawConnection.Answer answer = connection.send(head).read();
          assertEquals(refused.getValue(), answer.status(), head);
          assertEquals("close", answer.header("connection"), head);
          assertThrows(IOException.class, () -> sendAll(connection, large), head);
          connection.awaitClosed();
        }
      }
    }
  }

  /// A server that reads it all would let this end.
  private static void sendAll(RawConnection connection, byte[] body) throws IOException {
    for (int i = 0; i < 10; i++) {
      connection.send(body);
    }
  }

  @Test
  void a_large_body_that_is_sent_at_once_does_not_cost_the_answer() throws IOException {
    byte[] large = "x".repeat(FramedHttp1.LITTLE - 100).getBytes(UTF_8);
    for (Map.Entry<String, Integer> refused : REFUSED.entrySet()) {
      try (RawConnection connection = connect()) {
        connection.send(refused.getKey() + CHUNKED + Integer.toHexString(large.length) + "\r\n");
        RawConnection.Answer answer = connection.send(large).send("\r\n0\r\n\r\n").read();
        assertEquals(refused.getValue(), answer.status(), refused.getKey());
        assertEquals("close", answer.header("connection"), refused.getKey());
        connection.awaitClosed();
      }
    }
  }

  @Test
  void a_small_body_is_read_and_the_connection_goes_on() throws IOException {
    String small = "x".repeat(FramedHttp1.LITTLE);
    try (RawConnection connection = connect()) {
      for (Map.Entry<String, Integer> refused : REFUSED.entrySet()) {
        connection.send(refused.getKey() + "Content-Length: " + small.length() + "\r\n\r\n");
        assertEquals(refused.getValue(), connection.send(small).read().status(), refused.getKey());
      }
      connection.send("GET /leader HTTP/1.1\r\nHost: h\r\n" + bearer(READ) + "\r\n");
      assertEquals(200, connection.read().status());
    }
  }

  @Test
  void a_body_that_is_too_large_is_refused_and_not_read() throws IOException {
    String begin = "POST /submit HTTP/1.1\r\nHost: h\r\n" + JSON + bearer(ALL);
    try (RawConnection connection = connect()) {
      RawConnection.Answer answer =
          connection.send(begin + "Content-Length: " + (MAX_BODY + 1) + "\r\n\r\n").read();
      assertEquals(413, answer.status());
      assertEquals("close", answer.header("connection"));
      connection.awaitClosed(); // the rest is not waited for
    }
  }

  @Test
  void whatever_hides_a_request_in_a_refused_body_does_not_send_it() throws IOException {
    for (Map.Entry<String, Integer> refused : REFUSED.entrySet()) {
      for (String body :
          List.of(
              CHUNKED + "+d\r\n{\"payload\":1}\r\n0\r\n\r\n" + HIDDEN,
              CHUNKED + "d;a\n{\"payload\":1}\r\n0\r\n\r\n" + HIDDEN,
              CHUNKED + "d;a=b\r\n{\"payload\":1}XX0\r\n\r\n" + HIDDEN,
              CHUNKED + "d\r\n{\"payload\":1}\r\n0\r\n\r\n" + HIDDEN, // closed, so not read either
              CHUNKED + "z\r\n" + HIDDEN,
              CHUNKED + HIDDEN,
              "Content-Length: +13\r\n\r\n" + HIDDEN,
              "Content-Length: 13\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
              "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN,
              "X: y\r\n Content-Length: 13\r\n\r\n" + HIDDEN)) {
        String request = refused.getKey() + body;
        try (RawConnection connection = connect()) {
          int status = connection.send(request).read().status();
          assertTrue(List.of(400, refused.getValue()).contains(status), status + " " + request);
          assertThrows(IOException.class, connection::read, request);
        }
      }
    }
  }
}
