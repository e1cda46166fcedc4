package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How answers are judged and kept.
class AnswersTest {
  private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "200, SUCCESS",
    "201, SUCCESS",
    "204, SUCCESS",
    "299, SUCCESS",
    "101, LASTING",
    "301, LASTING",
    "302, LASTING",
    "304, LASTING",
    "307, LASTING",
    "308, LASTING",
    "400, LASTING",
    "401, LASTING",
    "403, LASTING",
    "404, LASTING",
    "410, LASTING",
    "422, LASTING",
    "408, PASSING",
    "409, PASSING",
    "425, PASSING",
    "429, BUSY",
    "500, PASSING",
    "502, PASSING",
    "503, BUSY",
    "504, PASSING",
    "599, PASSING"
  })
  void a_status_decides(int status, Verdict verdict) {
    assertEquals(verdict, Verdict.of(status));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30                            | PT30S
          86400                         | PT24H
          86401                         | PT24H
          999999999999999999            | PT24H
          Wed, 25 Nov 2026 08:01:30 GMT | PT1M30S
          Tue, 25 Nov 2036 08:01:30 GMT | PT24H
          """)
  void retry_after_is_seconds_or_a_date_a_day_at_the_most(String header, Duration wait) {
    assertEquals(Optional.of(wait), RetryAfter.read(header, NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0
          -5
          soon
          1.5
          9999999999999999999999
          Wed, 25 Nov 2026 07:59:59 GMT
          2026-11-25T09:00:00Z
          ''
          """)
  void a_retry_after_that_says_nothing_of_use_is_none(String header) {
    assertEquals(Optional.empty(), RetryAfter.read(header, NOW));
  }

  private static String kept(String type, String body, boolean cut) {
    return kept(type, body.getBytes(StandardCharsets.UTF_8), cut);
  }

  private static String kept(String type, byte[] body, boolean cut) {
    return new String(
        AnswerJson.of(new HttpAnswer(200, Map.of("content-type", type), body, cut)),
        StandardCharsets.UTF_8);
  }

  @Test
  void json_is_kept_as_json() {
    String head = "{\"status\":200,\"headers\":{\"content-type\":\"application/json\"},\"body\":";
    assertEquals(head + "{ \"a\":1.0 }}", kept("application/json", " { \"a\":1.0 }\n", false));
    assertEquals(
        head + "\"{\\\"a\\\":\",\"truncated\":true}", kept("application/json", "{\"a\":", true));
    assertEquals(head + "\"{\\\"a\\\":\"}", kept("application/json", "{\"a\":", false));
    assertEquals(head + "\"{} {}\"}", kept("application/json", "{} {}", false));
    String deep = "[".repeat(64) + "]".repeat(64);
    assertEquals(head + "\"" + deep + "\"}", kept("application/json", deep, false));
    assertEquals(
        "{\"status\":200,\"headers\":{\"content-type\":\"application/problem+json; charset=utf-8\"},\"body\":[]}",
        kept("application/problem+json; charset=utf-8", "[]", false));
  }

  @Test
  void text_is_kept_as_text_and_what_is_neither_only_counted() {
    String head = "{\"status\":200,\"headers\":{\"content-type\":\"text/plain\"}";
    assertEquals(
        head + ",\"body\":\"{\\\"a\\\":\\\"ä\\\"}\\n\"}",
        kept("text/plain", "{\"a\":\"ä\"}\n", false));
    assertEquals(head + "}", kept("text/plain", "", false));
    assertEquals(head + ",\"bytes\":2}", kept("text/plain", new byte[] {(byte) 0xff, 0}, false));
    byte[] half = {'a', (byte) 0xc3};
    assertEquals(head + ",\"body\":\"a\",\"truncated\":true}", kept("text/plain", half, true));
    assertEquals(head + ",\"bytes\":2}", kept("text/plain", half, false));
  }

  @ParameterizedTest
  @CsvSource({"timeout=3, PT2S", "'timeout=60, max=5', PT59S", "timeout=0, PT-1S", "max=4, PT5S"})
  void a_target_says_how_long_it_keeps_a_connection(String header, Duration time) {
    assertEquals(time, KeepAlive.time(Optional.of(header)));
  }
}
