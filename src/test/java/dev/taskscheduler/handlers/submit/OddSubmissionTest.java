package dev.taskscheduler.handlers.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.submit.ItemSplitter.BrokenBatch;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.StrictJson;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.TaskOption;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is decided of values that could be taken in two ways.
class OddSubmissionTest {
  private static final Instant NOW = Instant.parse("2026-11-23T08:55:00Z");
  private static final String MARK = "\ufeff";
  private final SubmitParser parser = new SubmitParser(1 << 20, () -> NOW);

  private SubmitRequest parse(String more, boolean again) {
    return parser.parse(("{\"payload\":1," + more + "}").getBytes(UTF_8), again);
  }

  private NewTask valid(String more) {
    return assertInstanceOf(SubmitRequest.Valid.class, parse(more, false), more).task();
  }

  private FieldError fault(String more) {
    List<FieldError> faults =
        assertInstanceOf(SubmitRequest.Invalid.class, parse(more, false), more).faults();
    assertEquals(1, faults.size(), faults.toString());
    return faults.getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udfff", "order-\\ud83d", "\\udc00\\ud800"})
  void a_unique_key_without_a_form_in_utf_8_is_refused(String key) {
    FieldError fault = fault("\"uniqueKey\":\"" + key + "\"");
    assertEquals("/uniqueKey", fault.pointer());
    assertTrue(fault.detail().contains("surrogate"), fault.detail());
  }

  @Test
  void unique_keys_beyond_the_basic_plane_are_keys_of_their_own() {
    assertNotEquals(
        valid("\"uniqueKey\":\"\\ud83d\\ude00\"").options().get(TaskOption.UNIQUE_KEY),
        valid("\"uniqueKey\":\"?\"").options().get(TaskOption.UNIQUE_KEY));
    assertEquals(
        valid("\"uniqueKey\":\"\\ud83d\\ude00\"").options().get(TaskOption.UNIQUE_KEY),
        valid("\"uniqueKey\":\"\ud83d\ude00\"").options().get(TaskOption.UNIQUE_KEY));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"type\":\"\\ud800\"                                        | /type",
        "\"callback\":{\"url\":\"https://example.com/\\ud800\"}      | /callback/url",
        "\"durability\":\"\\ud800\"                                  | /durability"
      })
  void no_other_text_is_kept_that_has_no_form_in_utf_8(String field, String pointer) {
    FieldError fault = fault(field.strip());
    assertEquals(pointer, JsonText.outside(fault.pointer()));
  }

  @Test
  void a_payload_is_kept_as_it_was_written() {
    String body = "{\"payload\":\"\\ud800\"}";
    SubmitRequest read = parser.parse(body.getBytes(UTF_8), false);
    assertEquals(
        "\"\\ud800\"",
        new String(assertInstanceOf(SubmitRequest.Valid.class, read).task().payload(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "priority",
        "type",
        "delay",
        "runAt",
        "maxAttempts",
        "backoff",
        "timeout",
        "expiresAt",
        "retention",
        "uniqueKey",
        "uniqueFor",
        "durability"
      })
  void null_is_not_taken_for_left_out(String name) {
    FieldError fault = fault("\"" + name + "\":null");
    assertEquals("/" + name, fault.pointer());
    assertEquals(FieldErrors.NULL, fault.detail());
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5.0", "5e0", "50E-1", "0.5e1", "5.00000"})
  void a_count_is_a_whole_number_however_it_is_written(String number) {
    assertEquals(
        Optional.of(5), valid("\"maxAttempts\":" + number).options().get(TaskOption.MAX_ATTEMPTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5.5",
        "0",
        "0.0",
        "-5.0",
        "1001",
        "1e300",
        "1e-300",
        "\"5\"",
        "5.0000000000000000001"
      })
  void a_count_that_is_not_whole_or_out_of_range_is_refused(String number) {
    assertEquals("/maxAttempts", fault("\"maxAttempts\":" + number).pointer());
  }

  @Test
  void weeks_are_durations() {
    assertEquals(
        Duration.ofDays(7),
        valid("\"retention\":\"P1W\"").options().get(TaskOption.RETENTION).get());
    assertEquals(
        Duration.ofDays(364),
        valid("\"retention\":\"P52W\"").options().get(TaskOption.RETENTION).get());
    for (String other : List.of("P53W", "P1M", "P1Y", "P1W1D", "P1.5W", "PW", "-P1W")) {
      assertEquals("/retention", fault("\"retention\":\"" + other + "\"").pointer());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"expiresAt\":\"2026-11-23T08:55:00Z\"",
        "\"expiresAt\":\"1970-01-01T00:00:00Z\"",
        "\"runAt\":\"2026-11-23T09:00:00Z\",\"expiresAt\":\"2026-11-23T09:00:00Z\"",
        "\"expiresAt\":\"2026-11-23T08:59:00Z\",\"runAt\":\"2026-11-23T09:00:00Z\"",
        "\"runAt\":\"2026-11-23T08:00:00Z\",\"expiresAt\":\"2026-11-23T08:30:00Z\"",
        "\"delay\":60,\"expiresAt\":\"2026-11-23T08:56:00Z\""
      })
  void a_task_that_could_never_start_is_refused(String fields) {
    assertEquals("/expiresAt", fault(fields).pointer());
  }

  @Test
  void an_expiry_that_leaves_time_to_start_is_taken() {
    valid("\"expiresAt\":\"2026-11-23T08:55:01Z\"");
    valid("\"runAt\":\"2026-11-23T09:00:00Z\",\"expiresAt\":\"2026-11-23T09:00:00.001Z\"");
    valid("\"runAt\":\"1970-01-01T00:00:00Z\",\"expiresAt\":\"2026-11-23T09:00:00Z\"");
    valid("\"delay\":60,\"expiresAt\":\"2026-11-23T08:56:01Z\"");
  }

  @Test
  void what_is_sent_again_under_its_key_may_have_expired_since() {
    for (String fields :
        List.of(
            "\"expiresAt\":\"2026-11-23T08:54:00Z\"",
            "\"delay\":60,\"expiresAt\":\"2026-11-23T08:56:00Z\"")) {
      assertInstanceOf(SubmitRequest.Valid.class, parse(fields, true), fields);
    }
    assertInstanceOf(
        SubmitRequest.Invalid.class,
        parse("\"runAt\":\"2026-11-23T09:00:00Z\",\"expiresAt\":\"2026-11-23T09:00:00Z\"", true));
  }

  @Test
  void a_byte_order_mark_is_named() {
    byte[] body = (MARK + "{\"payload\":1}").getBytes(UTF_8);
    assertEquals(
        StrictJson.MARK,
        assertInstanceOf(SubmitRequest.Malformed.class, parser.parse(body, false)).detail());
    byte[] batch = (MARK + "[{\"payload\":1}]").getBytes(UTF_8);
    ItemSplitter splitter =
        new ItemSplitter(new ByteArrayInputStream(batch), false, 1 << 10, grows -> {});
    assertEquals(StrictJson.MARK, assertThrows(BrokenBatch.class, splitter::next).getMessage());
  }
}
