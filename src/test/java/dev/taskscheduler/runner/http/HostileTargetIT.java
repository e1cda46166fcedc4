package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.HttpTarget;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Targets that are slow, endless or lying: each exchange ends within its bounds, and none spoils
/// another.
@Timeout(60)
class HostileTargetIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static TaskFailure passing(TaskFailure failure, String said) {
    assertFalse(failure.isPermanent(), failure.getMessage());
    assertTrue(failure.getMessage().contains(said), failure.getMessage());
    assertFalse(failure.getMessage().contains("null"), failure.getMessage());
    return failure;
  }

  private static long millis(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }

  @Test
  void a_target_that_is_slow_is_given_up_when_the_time_is_over() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (HttpTarget target = HttpTarget.that(_ -> never.await());
        Sending sending = Sending.local("PT30S")) {
      long start = System.nanoTime();
      TaskFailure failure =
          sending.start("{\"url\":\"" + target.url("/") + "\",\"timeout\":0.3}").failure();
      passing(failure, "no complete response within 300 ms");
      long took = millis(start);
      assertTrue(took >= 290 && took < 5_000, took + " ms");
    }
  }

  @Test
  void a_payload_cannot_ask_for_more_time_than_there_is() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (HttpTarget target = HttpTarget.that(_ -> never.await());
        Sending sending = Sending.local("PT0.3S")) {
      TaskFailure failure =
          sending.start("{\"url\":\"" + target.url("/") + "\",\"timeout\":\"PT1H\"}").failure();
      passing(failure, "within 300 ms");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", // its body
        "HTTP/1.1 200 OK\r\nX-Long: ", // a header
        "HTTP/1." // its first line
      })
  void a_target_that_dribbles_is_given_up_however_busy_it_is(String begin) throws Exception {
    try (RawTarget target =
            new RawTarget(out -> {
              out.write(begin.getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write('1');
                out.flush();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
              }
            });
        Sending sending = Sending.local("PT0.5S")) {
      long start = System.nanoTime();
      passing(sending.get(target.url()).failure(), "within 500 ms");
      assertTrue(millis(start) < 5_000, millis(start) + " ms");
      assertTrue(target.hungUp().await(10, TimeUnit.SECONDS), "the connection is closed");
    }
  }

  @Test
  void an_endless_body_is_cut() throws Exception {
    try (HttpTarget target =
            HttpTarget.that(exchange -> {
              exchange.sendResponseHeaders(200, 0);
              byte[] block = "x".repeat(512).getBytes(StandardCharsets.US_ASCII);
              while (true) {
                exchange.getResponseBody().write(block);
              }
            });
        Sending sending = Sending.local("PT20S")) {
      String kept = sending.get(target.url("/")).kept();
      assertTrue(kept.endsWith("x\",\"truncated\":true}"), kept);
      assertEquals(1024, kept.chars().filter(c -> c == 'x').count());
      assertEquals(0, sending.sender.idleConnections());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-A: b\r\n", "x", "\r\n", "HTTP/1.1 100 Continue\r\n\r\n"})
  void endless_headers_are_an_answer_that_is_none(String part) throws Exception {
    String begin = part.equals("x") ? "HTTP/1.1 200 OK\r\nX-A: " : "";
    begin = part.startsWith("X-A") ? "HTTP/1.1 200 OK\r\n" : begin;
    String first = begin;
    try (RawTarget target =
            new RawTarget(out -> {
              out.write(first.getBytes(StandardCharsets.US_ASCII));
              byte[] more = part.repeat(100).getBytes(StandardCharsets.US_ASCII);
              while (true) {
                out.write(more);
              }
            });
        Sending sending = Sending.local("PT20S")) {
      long start = System.nanoTime();
      passing(sending.get(target.url()).failure(), "target.test");
      assertTrue(millis(start) < 10_000, "ended by its bound, not by its time");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le"
      })
  void an_answer_that_ends_early_is_none(String answer) throws Exception {
    try (RawTarget target =
            new RawTarget(out -> {
              out.write(answer.getBytes(StandardCharsets.US_ASCII));
              out.close();
            });
        Sending sending = Sending.local("PT10S")) {
      passing(sending.get(target.url()).failure(), "target.test");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok!",
        "HTTP/1.1 200 OK\r\nContent-Length: 2,\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
        ""
      })
  void an_answer_of_no_HTTP_is_none(String answer) throws Exception {
    try (RawTarget target =
            new RawTarget(out -> {
              out.write(answer.getBytes(StandardCharsets.US_ASCII));
              out.close();
            });
        Sending sending = Sending.local("PT10S")) {
      passing(sending.get(target.url()).failure(), "target.test");
      assertEquals(0, sending.sender.idleConnections());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2\r\nContent-Length: 2", "2, 2", "2,2\r\nContent-Length: 2"})
  void a_length_that_is_given_twice_and_is_the_same_is_one(String length) throws Exception {
    try (RawTarget target =
            RawTarget.saying("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nok");
        Sending sending = Sending.local("PT10S")) {
      assertTrue(sending.get(target.url()).kept().contains("\"ok\""));
    }
  }

  private static String head(int kibibytes) {
    String header = "X-Large: " + "x".repeat(1_013) + "\r\n";
    return "HTTP/1.1 200 OK\r\n" + header.repeat(kibibytes) + "Content-Length: 2\r\n\r\nok";
  }

  @Test
  void a_head_of_more_than_32_kibibytes_in_all_is_none() throws Exception {
    try (RawTarget large = RawTarget.saying(head(30));
        RawTarget larger = RawTarget.saying(head(32));
        Sending sending = Sending.local("PT10S")) {
      for (int i = 0; i < 3; i++) { // on one connection, each with its own head
        assertTrue(sending.get(large.url()).kept().contains("\"ok\""));
      }
      assertEquals(1, large.connections());
      passing(sending.get(larger.url()).failure(), "larger than 32 KiB");
    }
  }

  @Test
  void trailers_are_read_within_bounds() throws Exception {
    String body = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n";
    String trailer = "X-Trailer: " + "x".repeat(900) + "\r\n";
    try (RawTarget few = RawTarget.saying(body + trailer.repeat(8) + "\r\n");
        RawTarget many = RawTarget.saying(body + trailer.repeat(9) + "\r\n");
        RawTarget large = RawTarget.saying(body + "X-Trailer: " + "x".repeat(1_100) + "\r\n\r\n");
        Sending sending = Sending.local("PT10S")) {
      assertTrue(sending.get(few.url()).kept().contains("\"ok\""));
      passing(sending.get(many.url()).failure(), "target.test");
      passing(sending.get(large.url()).failure(), "target.test");
    }
  }

  @Test
  void a_head_that_is_split_among_interim_answers_is_one() throws Exception {
    String interim = "HTTP/1.1 103 Early Hints\r\nX: " + "x".repeat(12_000) + "\r\n\r\n";
    try (RawTarget target = RawTarget.saying(interim, interim, interim, OK);
        Sending sending = Sending.local("PT10S")) {
      passing(sending.get(target.url()).failure(), "larger than 32 KiB");
    }
  }

  @Test
  void more_than_was_announced_is_not_the_next_ones_answer() throws Exception {
    String forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    try (RawTarget target = RawTarget.saying(OK + forged);
        Sending sending = Sending.local("PT10S")) {
      assertTrue(sending.get(target.url()).kept().contains("\"ok\""));
      assertEquals(1, sending.sender.idleConnections());
      String second = sending.get(target.url()).kept();
      assertFalse(second.contains("forged"), second);
      assertEquals(2, target.connections());
    }
  }

  @Test
  void what_is_said_between_two_requests_is_not_an_answer() throws Exception {
    CompletableFuture<OutputStream> first = new CompletableFuture<>();
    try (RawTarget target =
            new RawTarget(out -> {
              first.complete(out);
              out.write(OK.getBytes(StandardCharsets.US_ASCII));
            });
        Sending sending = Sending.local("PT10S")) {
      sending.get(target.url()).kept();
      first.get().write(OK.replace("ok", "no").getBytes(StandardCharsets.US_ASCII));
      String second = sending.get(target.url()).kept();
      assertTrue(second.contains("\"ok\""), second);
      assertEquals(2, target.connections());
    }
  }

  @Test
  void a_target_that_hung_up_a_kept_connection_is_connected_to_anew() throws Exception {
    try (RawTarget target =
            new RawTarget(out -> {
              out.write(OK.getBytes(StandardCharsets.US_ASCII));
              out.close();
            });
        Sending sending = Sending.local("PT10S")) {
      for (int i = 1; i <= 3; i++) {
        assertTrue(sending.get(target.url()).kept().contains("\"ok\""));
        assertTrue(target.hungUp().await(10, TimeUnit.SECONDS));
      }
      assertEquals(3, target.connections());
    }
  }

  @Test
  void kept_connections_are_given_up_after_a_while() throws Exception {
    try (RawTarget target =
            RawTarget.saying(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=2\r\n\r\n");
        Sending sending = Sending.local("PT10S")) {
      sending.get(target.url()).kept();
      assertEquals(1, sending.sender.idleConnections());
      Eventually.await("it is closed", () -> sending.sender.idleConnections() == 0);
      assertTrue(target.hungUp().await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void a_target_that_reads_nothing_is_given_up() throws Exception {
    try (var server = new java.net.ServerSocket(0, 50, Sending.LOOPBACK);
        Sending sending = Sending.local("PT0.5S")) {
      String url = "http://target.test:" + server.getLocalPort() + "/";
      String body = "x".repeat(8 << 20);
      passing(
          sending.start("{\"url\":\"" + url + "\",\"bodyText\":\"" + body + "\"}").failure(),
          "within 500 ms");
    }
  }

  @Test
  void a_port_where_nobody_listens_is_told() throws Exception {
    int port;
    try (var server = new java.net.ServerSocket(0, 50, Sending.LOOPBACK)) {
      port = server.getLocalPort();
    }
    try (Sending sending = Sending.local("PT10S")) {
      passing(sending.get("http://target.test:" + port + "/").failure(), "Connection refused");
    }
  }

  /// At the end of leadership, or of the attempt's time.
  @Test
  void an_interrupt_ends_the_exchange_at_once() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (RawTarget target = new RawTarget(_ -> arrived.countDown());
        Sending sending = Sending.local("PT1H")) {
      Sending.Attempt attempt = sending.get(target.url());
      assertTrue(arrived.await(10, TimeUnit.SECONDS));
      long start = System.nanoTime();
      attempt.thread().interrupt();
      assertInstanceOf(InterruptedException.class, attempt.thrown());
      assertTrue(millis(start) < 2_000, millis(start) + " ms");
      assertTrue(target.hungUp().await(10, TimeUnit.SECONDS), "the connection is closed");
      assertEquals(1, target.heads());
      assertTrue(attempt.thread().join(Duration.ofSeconds(5)));
    }
  }
}
