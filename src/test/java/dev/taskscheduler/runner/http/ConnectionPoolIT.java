package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.testing.HttpTarget;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections that end, or grow old, while they are used again and again; and answers that come
/// before the request was read.
@Timeout(60)
class ConnectionPoolIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String TOO_LARGE =
      "HTTP/1.1 413 Content Too Large\r\nContent-Length: 12\r\n\r\n1 MiB at mos";

  private static void say(OutputStream out, String text) throws Exception {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static Sending.Attempt post(Sending sending, String url, int bytes) {
    return sending.start("{\"url\":\"" + url + "\",\"bodyText\":\"" + "x".repeat(bytes) + "\"}");
  }

  /// Says OK but to the second request, which is on a kept connection.
  private static RawTarget secondTime(String answer) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    return new RawTarget(out -> {
      if (asked.incrementAndGet() == 2) {
        say(out, answer);
        out.close();
      } else {
        say(out, OK);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 1 << 20})
  void a_kept_connection_that_ends_before_an_answer_costs_no_attempt(int bytes) throws Exception {
    try (RawTarget target = secondTime("");
        Sending sending = Sending.local("PT10S")) {
      post(sending, target.url(), 1).kept();
      assertTrue(post(sending, target.url(), bytes).kept().contains("\"ok\""));
      assertEquals(3, target.heads());
      assertEquals(2, target.connections());
    }
  }

  @Test
  void a_kept_connection_that_ends_within_an_answer_fails_the_attempt() throws Exception {
    try (RawTarget target = secondTime("HTTP/1.1 200 OK\r\nContent-Le");
        Sending sending = Sending.local("PT10S")) {
      post(sending, target.url(), 1).kept();
      assertFalse(post(sending, target.url(), 1).failure().isPermanent());
      assertEquals(2, target.heads());
    }
  }

  @Test
  void a_new_connection_that_ends_before_an_answer_fails_the_attempt() throws Exception {
    try (RawTarget target = new RawTarget(OutputStream::close);
        Sending sending = Sending.local("PT10S")) {
      assertFalse(post(sending, target.url(), 1).failure().isPermanent());
      assertEquals(1, target.connections());
    }
  }

  @Test
  void a_target_that_closes_soon_after_each_answer_costs_no_attempt() throws Exception {
    try (RawTarget target =
            new RawTarget(out -> {
              say(out, OK);
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
              out.close();
            });
        Sending sending = Sending.local("PT10S")) {
      for (int i = 0; i < 200; i++) {
        assertTrue(post(sending, target.url(), 10).kept().contains("\"ok\""));
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(4_000 + i * 10L));
      }
    }
  }

  @Test
  void a_connection_that_is_always_in_use_is_renewed_and_its_name_looked_up_again()
      throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    NameLookup.Names names =
        _ -> {
          lookups.incrementAndGet();
          return List.of(Sending.LOOPBACK);
        };
    try (RawTarget target = RawTarget.saying(OK);
        Sending sending = local(names)) {
      long end = System.nanoTime() + ConnectionPool.MAX_AGE.plusSeconds(2).toNanos();
      while (lookups.get() < 2 && System.nanoTime() < end) {
        sending.get(target.url()).kept();
      }
      assertEquals(2, lookups.get());
      assertEquals(2, target.connections());
      assertTrue(target.heads() > 10, target.heads() + " requests on two connections");
    }
  }

  private static Sending local(NameLookup.Names names) throws NoSuchAlgorithmException {
    return new Sending(Sending.config("PT10S", "127.0.0.1", ""), names, SSLContext.getDefault());
  }

  @Test
  void an_answer_before_the_body_was_read_counts_though_the_target_then_hangs_up()
      throws Exception {
    try (RawTarget target =
            new RawTarget(out -> {
              say(out, TOO_LARGE);
              out.close();
            });
        Sending sending = Sending.local("PT10S")) {
      for (int i = 0; i < 20; i++) {
        TaskFailure failure = post(sending, target.url(), 2 << 20).failure();
        assertTrue(failure.isPermanent(), failure.getMessage());
        assertTrue(failure.getMessage().contains("answered 413: 1 MiB"), failure.getMessage());
      }
    }
  }

  @Test
  void an_answer_before_the_body_was_read_counts_though_the_target_reads_no_more()
      throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawTarget target =
            new RawTarget(out -> {
              say(out, TOO_LARGE);
              never.await();
            });
        Sending sending = Sending.local("PT30S")) {
      TaskFailure failure = post(sending, target.url(), 16 << 20).failure();
      assertTrue(failure.getMessage().contains("answered 413: 1 MiB"), failure.getMessage());
      assertEquals(0, sending.sender.idleConnections());
    }
  }

  @Test
  void a_connection_that_took_a_large_body_whole_is_kept() throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "ok");
        Sending sending = Sending.local("PT30S")) {
      post(sending, target.url("/"), 2 << 20).kept();
      assertEquals(1, sending.sender.idleConnections());
    }
  }
}
