package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.standardwebhooks.Webhook;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.testing.HttpTarget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is sent to a real HTTP server, and what is made of its answer.
class HttpRunnerIT {
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  void a_request_arrives_as_it_was_asked_for_and_its_answer_is_kept() throws Exception {
    try (HttpTarget target =
            HttpTarget.answering(
                201, "{\"ok\":true}", "Content-Type", "application/json", "X-Other", "no");
        Sending sending = Sending.local("PT10S")) {
      String kept =
          sending
              .start(
                  "{\"url\":\""
                      + target.url("//hook/%2e?a=b#c")
                      + "\",\"method\":\"PUT\",\"headers\":{\"X-Team\":\"billing\"},\"body\":{\"n\": 1.0}}")
              .kept();
      assertEquals(
          "{\"status\":201,\"headers\":{\"content-type\":\"application/json\"},\"body\":{\"ok\":true}}",
          kept);
      HttpTarget.Asked asked = target.asked().getFirst();
      assertEquals("PUT", asked.method());
      assertEquals("//hook/%2e?a=b", asked.uri());
      assertEquals("{\"n\": 1.0}", new String(asked.body(), StandardCharsets.UTF_8));
      assertEquals("target.test:" + target.port(), asked.headers().getFirst("Host"));
      assertEquals("billing", asked.headers().getFirst("X-Team"));
      assertEquals("application/json", asked.headers().getFirst("Content-Type"));
      assertEquals(List.of("10"), asked.headers().get("Content-Length"));
      assertEquals(Sending.ID, asked.headers().getFirst("Idempotency-Key"));
      assertEquals("2", asked.headers().getFirst("Task-Attempt"));
      assertEquals("1795464078439", asked.headers().getFirst("Task-Epoch"));
      assertEquals(
          "1795464078439:0123456789abcdef", asked.headers().getFirst("Task-Fencing-Token"));
      assertTrue(
          asked.headers().getFirst("traceparent").matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03"));
      assertFalse(asked.headers().containsKey("webhook-signature"));
    }
  }

  @ParameterizedTest
  @CsvSource({"GET", "HEAD", "DELETE", "POST", "PATCH"})
  void a_request_without_a_body_says_so(String method) throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "hello");
        Sending sending = Sending.local("PT10S")) {
      String kept =
          sending
              .start("{\"url\":\"" + target.url("/") + "\",\"method\":\"" + method + "\"}")
              .kept();
      assertEquals(!method.equals("HEAD"), kept.contains("hello"), kept);
      boolean bare = method.equals("GET") || method.equals("HEAD");
      assertEquals(
          bare ? null : "0", target.asked().getFirst().headers().getFirst("Content-Length"));
      assertEquals(0, target.asked().getFirst().body().length);
    }
  }

  @Test
  void the_specifications_own_library_accepts_what_arrives() throws Exception {
    HttpRunnerConfig config =
        Sending.config("PT10S", "127.0.0.1", "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3 " + KEY);
    try (HttpTarget target = HttpTarget.answering(200, "");
        Sending sending =
            new Sending(config, _ -> List.of(Sending.LOOPBACK), SSLContext.getDefault())) {
      sending.start("{\"url\":\"" + target.url("/") + "\",\"body\":{\"ä\" : 1}}").kept();
      HttpTarget.Asked asked = target.asked().getFirst();
      assertEquals(Sending.ID, asked.headers().getFirst("webhook-id"));
      new Webhook(KEY)
          .verify(
              new String(asked.body(), StandardCharsets.UTF_8),
              java.util.Map.of(
                  "webhook-id", asked.headers().get("webhook-id"),
                  "webhook-timestamp", asked.headers().get("webhook-timestamp"),
                  "webhook-signature", asked.headers().get("webhook-signature")));
    }
  }

  @Test
  void a_failure_quotes_what_the_target_says_and_passes_on_when_to_come_back() throws Exception {
    try (HttpTarget target = HttpTarget.answering(503, "down for\r\nrepair", "Retry-After", "90");
        Sending sending = Sending.local("PT10S")) {
      TaskFailure failure = sending.get(target.url("/?secret=1")).failure();
      assertEquals(
          "http://target.test:" + target.port() + " answered 503: down for repair",
          failure.getMessage());
      assertFalse(failure.isPermanent());
      assertEquals(Optional.of(Duration.ofSeconds(90)), failure.retryAfter());
    }
  }

  @ParameterizedTest
  @CsvSource({"429, false, true", "500, false, false", "404, true, false", "409, false, false"})
  void a_status_decides_whether_to_try_again(int status, boolean lasting, boolean waits)
      throws Exception {
    try (HttpTarget target = HttpTarget.answering(status, "", "Retry-After", "7");
        Sending sending = Sending.local("PT10S")) {
      TaskFailure failure = sending.get(target.url("/")).failure();
      assertEquals(lasting, failure.isPermanent());
      assertEquals(waits, failure.retryAfter().isPresent());
    }
  }

  @ParameterizedTest
  @CsvSource({"301", "302", "303", "307", "308"})
  void a_redirect_is_not_followed(int status) throws Exception {
    try (HttpTarget other = HttpTarget.answering(200, "");
        HttpTarget target = HttpTarget.answering(status, "", "Location", other.url("/"));
        Sending sending = Sending.local("PT10S")) {
      TaskFailure failure = sending.get(target.url("/")).failure();
      assertTrue(failure.isPermanent());
      assertTrue(failure.getMessage().contains("redirects are not followed"), failure.getMessage());
      assertEquals(0, other.asked().size());
    }
  }

  @Test
  void a_payload_with_faults_is_told_all_of_them_and_never_sent() throws Exception {
    try (Sending sending = Sending.local("PT10S")) {
      TaskFailure failure =
          sending.start("{\"url\":\"ftp://x\",\"headers\":{\"Host\":\"y\"}}").failure();
      assertTrue(failure.isPermanent());
      assertTrue(failure.getMessage().contains("/url must be"), failure.getMessage());
      assertTrue(failure.getMessage().contains("; /headers/Host is set"), failure.getMessage());
    }
  }

  @Test
  void a_packed_answer_is_not_unpacked() throws Exception {
    byte[] packed = {31, (byte) 139, 8, 0};
    try (HttpTarget target =
            HttpTarget.that(exchange -> {
              exchange.getResponseHeaders().add("Content-Encoding", "gzip");
              exchange.sendResponseHeaders(200, packed.length);
              exchange.getResponseBody().write(packed);
            });
        Sending sending = Sending.local("PT10S")) {
      assertArrayEquals(
          packed,
          sending
              .sender
              .send(
                  HttpPayload.read(
                          ("{\"url\":\"" + target.url("/") + "\"}")
                              .getBytes(StandardCharsets.UTF_8))
                      .call(),
                  Sending.task(""))
              .body());
      assertEquals("identity", target.asked().getFirst().headers().getFirst("Accept-Encoding"));
    }
  }

  @Test
  void a_connection_is_used_again() throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "ok");
        Sending sending = Sending.local("PT10S")) {
      for (int i = 0; i < 5; i++) {
        sending.get(target.url("/" + i)).kept();
      }
      assertEquals(1, target.asked().stream().map(HttpTarget.Asked::port).distinct().count());
      assertEquals(1, sending.sender.idleConnections());
    }
  }

  @Test
  void a_connection_that_its_target_wants_closed_is_not() throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "ok", "Connection", "close");
        Sending sending = Sending.local("PT10S")) {
      sending.get(target.url("/")).kept();
      assertEquals(0, sending.sender.idleConnections());
    }
  }
}
