package dev.taskscheduler.handlers.submit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitParserTest {
  private static final Instant NOW = Instant.parse("2026-11-23T08:55:00Z");
  private final SubmitParser parser = new SubmitParser(1 << 20, () -> NOW);

  private SubmitRequest parse(String body) {
    return parser.parse(body.getBytes(UTF_8), false);
  }

  private NewTask valid(String body) {
    return assertInstanceOf(SubmitRequest.Valid.class, parse(body), body).task();
  }

  private List<FieldError> faults(String body) {
    return assertInstanceOf(SubmitRequest.Invalid.class, parse(body), body).faults();
  }

  private String malformed(byte[] body) {
    return assertInstanceOf(SubmitRequest.Malformed.class, parser.parse(body, false)).detail();
  }

  private static List<String> pointers(List<FieldError> faults) {
    return faults.stream().map(FieldError::pointer).toList();
  }

  @Test
  void a_full_body_is_read() {
    NewTask task =
        valid("{\"priority\":\"high\",\"type\":\"mail\",\"payload\":{\"job\":\"demo\"}}");
    assertEquals(Priority.HIGH, task.priority());
    assertEquals("mail", task.type());
    assertEquals("{\"job\":\"demo\"}", new String(task.payload(), UTF_8));
  }

  @Test
  void what_is_left_out_has_a_default() {
    NewTask task = valid("{\"payload\":1}");
    assertEquals(Priority.MEDIUM, task.priority());
    assertEquals("log", task.type());
  }

  private TaskOptions options(String more) {
    return valid("{\"payload\":1," + more + "}").options();
  }

  @Test
  void a_delay_is_a_number_of_seconds_or_an_iso_duration() {
    assertEquals(
        Optional.of(Duration.ofMillis(1500)), options("\"delay\":1.5").get(TaskOption.DELAY));
    assertEquals(
        Optional.of(Duration.ofSeconds(90)),
        options("\"delay\":\"PT1M30S\"").get(TaskOption.DELAY));
    assertEquals(
        Optional.of(Duration.ofDays(365)), options("\"delay\":\"P365D\"").get(TaskOption.DELAY));
    assertEquals(TaskOptions.NONE, options("\"delay\":0"));
    assertEquals(TaskOptions.NONE, valid("{\"payload\":1}").options());
  }

  @Test
  void a_time_to_run_at_has_an_offset() {
    assertEquals(
        Optional.of(NOW),
        options("\"runAt\":\"2026-11-23T10:55:00+02:00\"").get(TaskOption.RUN_AT));
    assertEquals(
        Optional.of(NOW.plusMillis(250)),
        options("\"runAt\":\"2026-11-23t08:55:00.250z\"").get(TaskOption.RUN_AT));
    assertEquals(
        Optional.of(Instant.EPOCH),
        options("\"runAt\":\"1970-01-01T00:00:00Z\"").get(TaskOption.RUN_AT),
        "it is over");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"delay\":-1",
        "\"delay\":31536001",
        "\"delay\":1e300",
        "\"delay\":\"-PT1S\"",
        "\"delay\":\"soon\"",
        "\"delay\":\"P366D\"",
        "\"delay\":null",
        "\"delay\":{\"s\":[1]}",
        "\"runAt\":1795424100",
        "\"runAt\":\"2026-11-23\"",
        "\"runAt\":\"2026-11-23T08:55:00\"",
        "\"runAt\":\"2026-11-23T08:55Z\"",
        "\"runAt\":\"2026-02-30T08:55:00Z\"",
        "\"runAt\":\"2027-11-23T08:55:01Z\"",
        "\"runAt\":[]",
        "\"delay\":1,\"runAt\":\"2026-11-23T08:55:00Z\""
      })
  void a_time_that_cannot_be_meant_is_a_fault(String field) {
    List<FieldError> faults = faults("{" + field + ",\"payload\":1}");
    assertEquals(1, faults.size(), faults.toString());
    assertTrue(List.of("/delay", "/runAt").contains(faults.getFirst().pointer()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "12.50",
        "1e3",
        "1E-400",
        "\"\"",
        "\"text\"",
        "\"\\\"\\\\ \\u00e9 \\ud83d\\ude00\"",
        "\"grüße 世界 😀\"",
        "[]",
        "{}",
        "[ 1 , 2,\t{ \"ä\" : [ ] } ]",
        "{ \"é\" : \"ü\" , \"b\" : { \"c\" : [ null , 1.0e+2 ] } }",
        "123456789012345678901234567890"
      })
  void the_payload_is_cut_out_byte_for_byte(String payload) {
    for (String body :
        List.of(
            "{\"payload\":" + payload + "}",
            " \r\n\t{ \"payload\" :  " + payload + "  ,\n \"priority\" : \"low\" } \n ",
            "{\"type\":\"log\",\"payload\":\n" + payload + "\n}",
            "{\"payload\":" + payload + ",\"type\":\"log\"}")) {
      assertEquals(payload, new String(valid(body).payload(), UTF_8), body);
    }
  }

  @Test
  void a_long_payload_with_text_of_many_bytes_is_cut_out_byte_for_byte() {
    String payload = "[\"" + "aé世😀\\n".repeat(20_000) + "\", 7 ]";
    assertEquals(payload, new String(valid("{\"payload\": " + payload + " }").payload(), UTF_8));
  }

  @Test
  void all_faults_come_at_once_each_with_its_pointer() {
    List<FieldError> faults =
        faults("{\"priority\":\"urgent\",\"type\":7,\"a/b~c\":[{\"x\":1}],\"extra\":{}}");
    assertEquals(List.of("/priority", "/type", "/a~1b~0c", "/extra", "/payload"), pointers(faults));
    assertTrue(faults.getFirst().detail().contains("high"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "\"HIGH\"", "\"\"", "[\"high\"]", "{\"a\":[1]}", "true"})
  void a_priority_of_another_form_is_a_fault(String priority) {
    assertEquals(
        List.of("/priority"), pointers(faults("{\"priority\":" + priority + ",\"payload\":{}}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "\"\"", "\"a b\"", "\"-a\"", "[\"log\"]", "\"\\ud800\""})
  void a_type_of_another_form_is_a_fault(String type) {
    assertEquals(List.of("/type"), pointers(faults("{\"type\":" + type + ",\"payload\":{}}")));
  }

  @Test
  void a_type_of_more_than_64_characters_is_a_fault() {
    assertEquals(
        List.of("/type"), pointers(faults("{\"payload\":1,\"type\":\"" + "t".repeat(65) + "\"}")));
    assertEquals(64, valid("{\"payload\":1,\"type\":\"" + "t".repeat(64) + "\"}").type().length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[{\"payload\":1}]", "1", "\"text\"", "null", "true"})
  void a_body_that_is_no_object_is_a_fault_of_the_whole(String body) {
    assertEquals(List.of(""), pointers(faults(body)));
  }

  @Test
  void the_number_of_faults_told_is_bounded() {
    StringBuilder body = new StringBuilder("{\"payload\":1");
    for (int i = 0; i < 1000; i++) {
      body.append(",\"x").append(i).append("\":0");
    }
    assertEquals(20, faults(body.append('}').toString()).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "{]",
        "{\"payload\"",
        "{\"payload\":",
        "{\"payload\":}",
        "{\"payload\":1",
        "{\"payload\":1,}",
        "{\"payload\":[1,]}",
        "{\"payload\":[1}",
        "{payload:1}",
        "{'payload':1}",
        "{\"payload\":'a'}",
        "{\"payload\":NaN}",
        "{\"payload\":Infinity}",
        "{\"payload\":-}",
        "{\"payload\":+1}",
        "{\"payload\":007}",
        "{\"payload\":.5}",
        "{\"payload\":5.}",
        "{\"payload\":1e}",
        "{\"payload\":0x10}",
        "{\"payload\":tru}",
        "{\"payload\":nulll}",
        "{\"payload\":\"a\nb\"}",
        "{\"payload\":\"\\x\"}",
        "{\"payload\":\"\\u12\"}",
        "{\"payload\":\"open}",
        "{\"payload\":1} // said",
        "{/* said */\"payload\":1}",
        "{\"payload\":1}{}",
        "{\"payload\":1} x",
        "{\"payload\":1}]",
        "{\"payload\":1,\"payload\":2}",
        "{\"payload\":{\"a\":1,\"a\":2}}",
        "{\"payload\":{\"a\":1,\"b\":1,\"\\u0061\":2}}",
        "\uFEFF{\"payload\":1}",
        "{\"payload\":1}\0"
      })
  void what_is_not_json_is_malformed(String body) {
    malformed(body.getBytes(UTF_8));
  }

  /// Lone continuation, cut-off sequences, overlong forms of '/', NUL and '"', a surrogate, beyond
  /// U+10FFFF, bytes that never occur, each inside the payload's string, where no parser of JSON
  /// would stumble over it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "c3",
        "e282",
        "f09f98",
        "c0af",
        "c080",
        "e080af",
        "f08080af",
        "eda080",
        "edbfbf",
        "f4908080",
        "f5808080",
        "ff",
        "fe",
        "c328"
      })
  void what_is_not_utf8_is_malformed(String hex) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("{\"payload\":\"some text ü ".getBytes(UTF_8));
    body.writeBytes(HexFormat.of().parseHex(hex));
    body.writeBytes("\"}".getBytes(UTF_8));
    assertTrue(malformed(body.toByteArray()).startsWith("The body is not UTF-8 at byte 25"));
  }

  @Test
  void other_encodings_are_malformed() {
    malformed("{\"payload\":1}".getBytes(UTF_16LE));
    malformed("{\"payload\":\"ü\"}".getBytes(ISO_8859_1));
  }

  @Test
  void a_fault_far_into_text_of_many_bytes_is_found() {
    byte[] body = ("{\"payload\":\"" + "世".repeat(5_000) + "\"}").getBytes(UTF_8);
    assertInstanceOf(SubmitRequest.Valid.class, parser.parse(body, false));
    body[12 + 3 * 4_000 + 1] = '!';
    assertTrue(malformed(body).contains("byte 12012"));
  }

  @Test
  void values_nested_64_deep_are_read_and_65_deep_are_not() {
    // the body's own object is the first
    valid("{\"payload\":" + "[".repeat(63) + "]".repeat(63) + "}");
    String tooDeep = "{\"payload\":" + "[".repeat(64) + "]".repeat(64) + "}";
    assertTrue(malformed(tooDeep.getBytes(UTF_8)).contains("64 deep"));
    malformed(("{\"payload\":" + "{\"a\":".repeat(100_000)).getBytes(UTF_8));
    malformed(("{\"extra\":" + "[".repeat(100_000)).getBytes(UTF_8));
  }

  @Test
  void numbers_that_no_double_can_hold_are_faults_where_they_stand() {
    assertEquals(List.of("/payload"), pointers(faults("{\"payload\":1e999}")));
    assertEquals(List.of("/payload"), pointers(faults("{\"payload\":-1e309}")));
    assertEquals(List.of("/payload"), pointers(faults("{\"payload\":" + "9".repeat(400) + "}")));
    assertEquals(
        List.of("/payload/a/1/b", "/priority"),
        pointers(faults("{\"payload\":{\"a\":[1,{\"b\":2e400}]},\"priority\":0}")));
    valid("{\"payload\":" + "9".repeat(308) + "}");
    valid("{\"payload\":1.7976931348623157e308}");
  }

  @Test
  void numbers_and_names_of_too_many_characters_are_malformed() {
    assertTrue(
        malformed(("{\"payload\":0." + "1".repeat(1_001) + "}").getBytes(UTF_8))
            .contains("number"));
    assertTrue(
        malformed(("{\"payload\":{\"" + "n".repeat(1_001) + "\":1}}").getBytes(UTF_8))
            .contains("name"));
  }

  @Test
  void a_refusal_never_repeats_much_of_what_was_sent() {
    String name = "n".repeat(900);
    assertTrue(faults("{\"payload\":1,\"" + name + "\":1}").getFirst().pointer().length() < 200);
    assertTrue(malformed(("{\"payload\":" + "x".repeat(5_000)).getBytes(UTF_8)).length() < 400);
  }
}
