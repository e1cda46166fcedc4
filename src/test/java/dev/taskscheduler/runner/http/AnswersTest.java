package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.runner.ResultCheck;
import dev.taskscheduler.spi.TaskResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How answers are judged and kept.
class AnswersTest {
  private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "200, SUCCESS",
    "201, SUCCESS",
    "204, SUCCESS",
    "299, SUCCESS",
    "101, PERMANENT",
    "301, PERMANENT",
    "302, PERMANENT",
    "304, PERMANENT",
    "307, PERMANENT",
    "308, PERMANENT",
    "400, PERMANENT",
    "401, PERMANENT",
    "403, PERMANENT",
    "404, PERMANENT",
    "410, PERMANENT",
    "422, PERMANENT",
    "408, RETRYABLE",
    "409, RETRYABLE",
    "425, RETRYABLE",
    "429, BUSY",
    "500, RETRYABLE",
    "502, RETRYABLE",
    "503, BUSY",
    "504, RETRYABLE",
    "599, RETRYABLE"
  })
  void a_status_decides(int status, ResponseClass verdict) {
    assertEquals(verdict, ResponseClass.of(status));
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
          Wednesday, 25-Nov-26 08:01:30 GMT | PT1M30S
          Wed Nov 25 08:01:30 2026      | PT1M30S
          Tue Dec  1 08:00:00 2026      | PT24H
          Wednesday, 25-Nov-76 08:01:30 GMT | PT24H
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
          Friday, 25-Nov-77 08:01:30 GMT
          Wed Nov 25 07:59:59 2026
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
        ResponseJson.of(
            new InboundResponse(200, Map.of("content-type", type), body, cut), 64 << 10),
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

  @ParameterizedTest
  @ValueSource(
      strings = {"1e999", "{\"a\":[-1e999]}", "\"\\ud800\"", "{\"\\udfff\":1}", "[\"\\ud83dx\"]"})
  void json_that_not_everybody_reads_is_kept_as_text(String json) {
    String kept = kept("application/json", json, false);
    String text = json.replace("\\", "\\\\").replace("\"", "\\\"");
    assertTrue(kept.endsWith(",\"body\":\"" + text + "\"}"), kept);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertTrue(ResultCheck.error(new TaskResult(bytes), 1024).isPresent());
    bytes = kept.getBytes(StandardCharsets.UTF_8);
    assertEquals(Optional.empty(), ResultCheck.error(new TaskResult(bytes), 1024));
  }

  @Test
  void json_that_everybody_reads_is_kept_as_json_however_large_its_numbers_are() {
    String json = "[1e308," + "9".repeat(300) + ",\"\\ud83d\\ude00\",\"😀\",{},true,null]";
    String kept = kept("application/json", json, false);
    assertTrue(kept.endsWith(",\"body\":" + json + "}"), kept);
    String larger = "[" + "9".repeat(400) + "]";
    kept = kept("application/json", larger, false);
    assertTrue(kept.endsWith(",\"body\":\"" + larger + "\"}"), kept);
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

  /// A byte order mark may stand before JSON, and UTF-16 may be guessed from bytes; neither may
  /// stand inside a result.
  @Test
  void json_of_another_encoding_is_kept_as_what_it_is_in_utf_8() {
    String head = "{\"status\":200,\"headers\":{\"content-type\":\"application/json\"},\"body\":";
    assertEquals(head + "{\"a\":1}}", kept("application/json", "\ufeff{\"a\":1}", false));
    assertEquals(
        head + "\"\\u00007\"}",
        kept("application/json", "7".getBytes(StandardCharsets.UTF_16BE), false));
  }

  private static InboundResponse answered(String body) {
    return new InboundResponse(
        200,
        Map.of("content-type", "text/plain", "etag", "\"1\""),
        body.getBytes(StandardCharsets.UTF_8),
        false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "\n",
        "\u0000",
        "\u001f",
        "\u007f",
        "\"",
        "\\",
        "\u00e4",
        "\u20ac",
        "\ud83d\ude00"
      })
  void what_does_not_fit_is_cut_to_the_byte(String character) {
    InboundResponse answer = answered("ab" + character.repeat(1_000));
    int whole = ResponseJson.of(answer, 1 << 20).length;
    assertEquals(whole, ResponseJson.of(answer, whole).length);
    for (int most = whole - 1; most > whole - 40; most--) {
      byte[] json = ResponseJson.of(answer, most);
      assertTrue(json.length <= most && json.length > most - 6, json.length + " of " + most);
      assertEquals(Optional.empty(), ResultCheck.error(new TaskResult(json), most));
      String text = new String(json, StandardCharsets.UTF_8);
      assertTrue(text.startsWith("{\"status\":200,\"headers\":{\"content-type\""), text);
      assertTrue(text.contains("\"body\":\"ab"), text);
      assertTrue(text.endsWith("\",\"truncated\":true}"), text);
    }
  }

  @Test
  void json_that_does_not_fit_is_cut_as_text() {
    InboundResponse answer =
        new InboundResponse(
            200,
            Map.of("content-type", "application/json"),
            ("[\"" + "x".repeat(200) + "\"]").getBytes(StandardCharsets.UTF_8),
            false);
    String text = new String(ResponseJson.of(answer, 150), StandardCharsets.UTF_8);
    assertEquals(150, text.length());
    assertTrue(text.contains("\"body\":\"[\\\"xxx"), text);
    assertTrue(text.endsWith("x\",\"truncated\":true}"), text);
  }

  @Test
  void the_status_stands_wherever_it_fits_and_headers_are_kept_whole_or_not_at_all() {
    InboundResponse answer = answered("body");
    for (int most = 0; most < 120; most++) {
      String text = new String(ResponseJson.of(answer, most), StandardCharsets.UTF_8);
      assertTrue(text.length() <= most, text);
      assertEquals(most >= 44, text.startsWith("{\"status\":200,\"headers\":{"), text);
      assertEquals(
          Optional.empty(),
          ResultCheck.error(new TaskResult(text.getBytes(StandardCharsets.UTF_8)), most));
      assertTrue(
          text.isEmpty()
              || text.contains("\"body\":\"body\"")
              || text.contains("\"truncated\":true"),
          text);
    }
    assertEquals(
        "{\"status\":200,\"headers\":{\"etag\":\"\\\"1\\\"\"},\"truncated\":true}",
        new String(ResponseJson.of(answer, 60), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"timeout=3, PT2S", "'timeout=60, max=5', PT59S", "timeout=0, PT-1S", "max=4, PT5S"})
  void a_target_says_how_long_it_keeps_a_connection(String header, Duration time) {
    assertEquals(time, ConnectionPool.keepAliveTime(Optional.of(header)));
  }
}
