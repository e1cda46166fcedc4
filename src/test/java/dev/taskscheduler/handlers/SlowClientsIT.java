package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.server.BodyPace;
import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.server.OpenConnections;
import dev.taskscheduler.handlers.server.PacedWriter;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that send or read too slowly, and those that open too many connections.
@Timeout(60)
class SlowClientsIT {
  private static final Duration DEADLINE = Duration.ofMinutes(5); // not what cuts them here
  private static final int MOST = 40;
  private static final int PER_ADDRESS = 30;
  private static final String SUBMIT =
      "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
  private static final String LEADER = "GET /leader HTTP/1.1\r\nHost: h\r\n\r\n";

  private final MemoryStore store = new MemoryStore();
  private final HttpServer server =
      new HttpServer(
          TestServers.config(1 << 20, 1 << 20, DEADLINE),
          TestServers.scheduler(store),
          (route, status, nanos) -> {},
          new ConnectionLimits(MOST, PER_ADDRESS));

  @BeforeEach
  void start() {
    server.start(() -> {});
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawConnection connect() throws IOException {
    return new RawConnection(server.port());
  }

  private static void assertTooSlow(RawConnection connection) throws IOException {
    RawConnection.Answer answer = connection.read();
    assertEquals(408, answer.status());
    assertEquals("close", answer.header("connection"));
    assertEquals(Problem.MEDIA_TYPE, answer.header("content-type"));
    connection.awaitClosed();
  }

  @Test
  void a_body_that_comes_too_slowly_is_answered_408_and_its_connection_closed() throws Exception {
    long from = System.nanoTime();
    try (RawConnection silent = connect();
        RawConnection silentInChunks = connect();
        RawConnection refused = connect();
        RawConnection head = connect();
        RawConnection rests = connect();
        RawConnection trickle = connect()) {
      head.send("GET /leader HTTP/1.1\r\nHost: h\r\nX-A: ");
      silent.send(SUBMIT + "Content-Length: 1000000\r\n\r\n{\"pay");
      silentInChunks.send(SUBMIT + CHUNKED + "ffff\r\n{\"pay");
      refused.send("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
      assertEquals(404, refused.read().status());
      assertEquals(202, rests.submit("{\"payload\":1}".getBytes()).read().status());
      trickle.send(SUBMIT + "Content-Length: 1000000\r\n\r\n");
      Thread sender = Thread.ofVirtual().start(() -> sendSlowly(trickle));
      assertTooSlow(trickle);
      sender.join();
      assertTooSlow(silent);
      assertTooSlow(silentInChunks);
      assertThrows(IOException.class, refused::read, "a second answer to one request");
      assertEquals(200, rests.send(LEADER).read().status(), "this one owes nothing");
      head.awaitClosed();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    assertTrue(took.compareTo(BodyPace.GRACE) >= 0, took.toString());
    assertTrue(took.compareTo(BodyPace.GRACE.plusSeconds(8)) < 0, took.toString());
  }

  private static void sendSlowly(RawConnection connection) {
    try {
      while (true) {
        connection.send("x");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    } catch (IOException e) {
      // cut off
    }
  }

  @Test
  void a_client_that_takes_nothing_of_a_large_answer_is_cut_off() throws IOException {
    long from = System.nanoTime();
    try (RawConnection connection = connect()) {
      connection.send("GET /swagger/swagger-ui-bundle.js HTTP/1.1\r\nHost: h\r\n\r\n".repeat(8));
      assertThrows(IOException.class, () -> sendUntilClosed(connection));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    assertTrue(took.compareTo(PacedWriter.LIMIT.plusSeconds(8)) < 0, took.toString());
  }

  /// More than the buffers of both sides hold, so that it ends when the other side has closed.
  private static void sendUntilClosed(RawConnection connection) throws IOException {
    byte[] more = new byte[1 << 20];
    while (true) {
      connection.send(more);
    }
  }

  @Test
  void a_client_that_does_not_send_its_headers_gives_way() throws Exception {
    List<RawConnection> open = new ArrayList<>();
    try {
      for (int i = 0; i < PER_ADDRESS; i++) {
        RawConnection slow = connect();
        open.add(slow);
        assertEquals(200, slow.send(LEADER).read().status(), "it counts now");
        slow.send("GET /leader HTTP/1.1\r\nX-A: ");
      }
      // Helidon's clock for idle connections moves once a second.
      LockSupport.parkNanos(OpenConnections.QUIET.plusMillis(1_100).toNanos());
      try (RawConnection next = connect()) {
        assertEquals(200, next.send(LEADER).read().status());
      }
    } finally {
      for (RawConnection each : open) {
        each.close();
      }
    }
  }

  private boolean isServed() {
    try (RawConnection connection = connect()) {
      return connection.send(LEADER).read().status() == 200;
    } catch (IOException e) {
      return false; // turned away
    }
  }

  @Test
  void an_address_has_a_part_of_the_connections_and_its_quiet_ones_give_way() throws Exception {
    List<RawConnection> open = new ArrayList<>();
    try {
      for (int i = 0; i < PER_ADDRESS; i++) {
        RawConnection busy = connect();
        open.add(busy);
        assertEquals(200, busy.send(LEADER).read().status(), "it counts now");
        busy.send(SUBMIT + "Content-Length: 13\r\n\r\n{\"pay"); // in the middle of a request
      }
      try (RawConnection beyond = connect()) {
        beyond.awaitClosed();
      }
      assertEquals(202, open.getFirst().send("load\":1}").read().status());
      // Helidon's clock for idle connections moves once a second.
      LockSupport.parkNanos(OpenConnections.QUIET.plusMillis(1_100).toNanos());
      try (RawConnection next = connect()) {
        assertEquals(200, next.send(LEADER).read().status());
        open.getFirst().awaitClosed(); // it had been quiet for longest
      }
      // Both have gone; the node counts them off once it has seen that.
      Eventually.await("a new connection is served", this::isServed);
    } finally {
      for (RawConnection each : open) {
        each.close();
      }
    }
  }
}
