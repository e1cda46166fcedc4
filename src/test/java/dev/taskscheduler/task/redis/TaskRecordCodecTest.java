package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskState;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskRecordCodecTest {
  private static final Instant SUBMITTED = Instant.parse("2026-11-23T10:11:12.345678Z");
  private static final Instant STARTED = Instant.parse("2026-11-23T10:11:13.000001Z");
  private static final Instant FINISHED = Instant.parse("2026-11-23T10:11:14.999999Z");
  private static final byte[] PAYLOAD = "{\"a\":\"x\ty\",\n\t\"b\":[1]}\n".getBytes(UTF_8);

  private static String micros(Instant at) {
    return "%013x".formatted(at.getEpochSecond() * 1_000_000 + at.getNano() / 1000);
  }

  private static String header(char state, String started, String finished, int starts) {
    return state
        + started
        + finished
        + "%06x".formatted(starts)
        + "0000000003e8"
        + "0000"
        + "m"
        + micros(SUBMITTED);
  }

  private static TaskRecordCodec waiting(int starts, byte[] body) {
    String zeros = "0".repeat(13);
    return new TaskRecordCodec(
        joined(header('w', zeros, zeros, starts).getBytes(ISO_8859_1), body));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] outcome(String error) {
    Claim claim = waiting(0, TaskRecordCodec.body("log", PAYLOAD)).claim("id", STARTED, "");
    return TaskRecordCodec.outcome(claim, new Outcome.Failure(error, false, Optional.empty()));
  }

  private static TaskRecordCodec dead(String error) {
    byte[] outcome = outcome(error);
    return new TaskRecordCodec(
        joined(
            header('d', micros(STARTED), micros(FINISHED), 7).getBytes(ISO_8859_1),
            "http\t".getBytes(UTF_8),
            java.util.Arrays.copyOfRange(outcome, "dead failed - ".length(), outcome.length),
            "\n".getBytes(UTF_8),
            PAYLOAD));
  }

  private static String errorOf(TaskRecordCodec record) {
    return ((TaskState.Dead) record.task("id", "", "", new byte[0]).state()).error();
  }

  @Test
  void a_payload_comes_back_byte_for_byte_with_its_line_feeds_and_tabs() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    for (byte[] payload : new byte[][] {PAYLOAD, all, {}, {'\n'}, {'\t', '\n', '\t'}}) {
      Claim claim = waiting(0, TaskRecordCodec.body("log", payload)).claim("id", STARTED, "");
      assertArrayEquals(payload, claim.payload());
      assertEquals("log", claim.type());
    }
  }

  @Test
  void a_claim_is_the_start_after_the_last_one_recorded() {
    Claim claim = waiting(41, TaskRecordCodec.body("http", PAYLOAD)).claim("id", STARTED, "");
    assertEquals(42, claim.attempt());
    assertEquals(Priority.MEDIUM, claim.priority());
    assertEquals(SUBMITTED, claim.submittedAt());
    assertEquals(STARTED, claim.claimedAt());
  }

  @Test
  void a_waiting_record_is_ready_scheduled_or_running_by_what_the_indexes_say() {
    TaskRecordCodec record = waiting(2, TaskRecordCodec.body("http", PAYLOAD));
    assertEquals(
        new Task("id", Priority.MEDIUM, "http", "default", SUBMITTED, 2, new TaskState.Ready()),
        record.task("id", "", "", new byte[0]));
    assertEquals(
        new TaskState.Scheduled(Instant.ofEpochMilli(1_795_000_000_123L)),
        record.task("id", "", "1795000000123", new byte[0]).state());
    Task running =
        record.task("id", "7:0123456789abcdef 000003 " + micros(STARTED), "", new byte[0]);
    assertEquals(new TaskState.Running(7, STARTED), running.state());
    assertEquals(3, running.attempts());
  }

  @Test
  void a_completed_record_tells_its_times() {
    byte[] bytes =
        joined(
            header('c', micros(STARTED), micros(FINISHED), 1).getBytes(ISO_8859_1),
            TaskRecordCodec.body("log", PAYLOAD));
    Task task = new TaskRecordCodec(bytes).task("id", "", "", new byte[0]);
    assertEquals(new TaskState.Completed(STARTED, FINISHED), task.state());
    assertEquals(1, task.attempts());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "größer als erlaubt: 漢字 \uD83D\uDE00", "a  b"})
  void an_error_is_kept_as_it_was_said(String error) {
    assertEquals(error, errorOf(dead(error)));
  }

  @Test
  void control_characters_in_an_error_become_a_space_and_end_nothing() {
    assertEquals(
        "line one two three four", errorOf(dead("line\none\r\ntwo\tthree\u0000\u007Ffour")));
  }

  @Test
  void an_error_is_cut_to_1000_characters_and_never_within_a_surrogate_pair() {
    assertEquals("x".repeat(1000), errorOf(dead("x".repeat(5000))));
    assertEquals("x".repeat(1000), errorOf(dead("x".repeat(1000))));
    String pairs = "x" + "\uD83D\uDE00".repeat(600); // the 1000th character is half of a pair
    String kept = errorOf(dead(pairs));
    assertEquals("x" + "\uD83D\uDE00".repeat(499), kept);
  }

  @Test
  void a_lone_surrogate_in_an_error_becomes_a_question_mark() {
    assertEquals("a?b", errorOf(dead("a\uD800b")));
  }

  @Test
  void the_longest_type_and_error_fit_into_what_is_read_without_the_payload() {
    byte[] outcome = outcome("漢".repeat(2000));
    int error = outcome.length - "dead failed - ".length();
    assertEquals(3000, error);
    int most = header('d', micros(STARTED), micros(FINISHED), 1).length() + 64 + 1 + error + 1;
    assertTrue(
        most <= TaskRecordCodec.HEAD_BYTES, "header, type, tab, error and line feed: " + most);
  }

  @Test
  void a_record_cut_within_its_payload_still_tells_all_but_the_payload() {
    byte[] whole =
        joined(
            header('w', "0".repeat(13), "0".repeat(13), 0).getBytes(ISO_8859_1),
            TaskRecordCodec.body("http", new byte[100_000]));
    byte[] head = java.util.Arrays.copyOf(whole, TaskRecordCodec.HEAD_BYTES);
    assertEquals("http", new TaskRecordCodec(head).task("id", "", "", new byte[0]).type());
  }

  @Test
  void what_is_no_record_is_told_apart() {
    assertFalse(TaskRecordCodec.isOne(new byte[0]));
    assertFalse(TaskRecordCodec.isOne(new byte[45]));
    assertFalse(TaskRecordCodec.isOne(new byte[200]));
    assertFalse(
        TaskRecordCodec.isOne(
            "somebody else's value, long enough to be one: ....".getBytes(UTF_8)));
    assertTrue(
        TaskRecordCodec.isOne(
            (header('w', "0".repeat(13), "0".repeat(13), 0) + "\n").getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 255, 256, 4095, 0xABCDE, 0xFFFFFF})
  void starts_are_six_lower_case_hex_digits(int attempt) {
    assertEquals("%06x".formatted(attempt), new String(TaskRecordCodec.start(attempt), ISO_8859_1));
  }

  @Test
  void microseconds_become_the_instant_they_name() {
    assertEquals(SUBMITTED, TaskRecordCodec.ofMicros(Long.parseLong(micros(SUBMITTED), 16)));
    assertEquals(Instant.EPOCH, TaskRecordCodec.ofMicros(0));
  }

  @Test
  void a_value_of_running_is_read_whole() {
    var running =
        TaskRecordCodec.Running.parse("1795000000123:0123456789abcdef 00000a " + micros(STARTED))
            .orElseThrow();
    assertEquals("1795000000123:0123456789abcdef", running.token());
    assertEquals(1_795_000_000_123L, running.epoch());
    assertEquals(10, running.attempt());
    assertEquals(STARTED, running.startedAt());
  }
}
