package dev.taskscheduler.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.tracing.TraceContext;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

class LogLineTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.006789Z");

  private static LogRecord record(Level level, String message) {
    var record = new LogRecord(level, message);
    record.setInstant(AT);
    record.setLoggerName("dev.taskscheduler.node.WorkerPool");
    return record;
  }

  @Test
  void a_text_line_has_time_level_logger_and_message() {
    assertEquals(
        "2026-01-02T03:04:05.006Z INFO    node.WorkerPool: pool started workers=4\n",
        new TextLog().format(record(Level.INFO, "pool started workers=4")));
    assertEquals(
        "2026-01-02T03:04:05.006Z WARNING node.WorkerPool: {0} stays\n",
        new TextLog().format(record(Level.WARNING, "{0} stays")));
  }

  @Test
  void a_message_cannot_forge_a_second_line_nor_steer_a_terminal() {
    String line = new TextLog().format(record(Level.FINE, "id=a\nb\r\u001b[2J"));
    assertEquals("2026-01-02T03:04:05.006Z DEBUG   node.WorkerPool: id=a\\nb\\r\\u001b[2J\n", line);
  }

  @Test
  void what_was_thrown_stays_on_the_line() {
    var record = record(Level.SEVERE, "gone");
    record.setThrown(new IllegalStateException("first\nsecond", new RuntimeException("cause")));
    String line = new TextLog().format(record);
    assertEquals(1, line.lines().count());
    assertTrue(
        line.contains(
            "ERROR   node.WorkerPool: gone | java.lang.IllegalStateException: first | second"),
        line);
    assertTrue(line.contains(" | Caused by: java.lang.RuntimeException: cause"), line);
  }

  @Test
  void a_json_line_is_one_object_that_a_parser_reads_back() {
    String nasty = "quote=\" slash=\\ line=\n nul=\u0000 sep=\u2028 ü €";
    var record = record(Level.FINER, nasty);
    record.setThrown(new IllegalStateException("gone \"away\""));
    String line = new JsonLog("n1").format(record);
    assertEquals(1, line.lines().count());
    try (JsonParser parser = JsonFactory.builder().build().createParser(line)) {
      assertEquals(JsonToken.START_OBJECT, parser.nextToken());
      assertField(parser, "ts", "2026-01-02T03:04:05.006Z");
      assertField(parser, "level", "TRACE");
      assertField(parser, "logger", "dev.taskscheduler.node.WorkerPool");
      assertField(parser, "node", "n1");
      assertField(parser, "message", nasty);
      assertEquals("error", parser.nextName());
      parser.nextToken();
      assertTrue(parser.getString().startsWith("java.lang.IllegalStateException: gone \"away\"\n"));
      assertEquals(JsonToken.END_OBJECT, parser.nextToken());
    }
  }

  private static void assertField(JsonParser parser, String name, String value) {
    assertEquals(name, parser.nextName());
    parser.nextToken();
    assertEquals(value, parser.getString());
  }

  @Test
  void a_message_and_a_trace_are_cut_at_a_length_and_say_so() {
    var record = record(Level.INFO, "x".repeat(8191) + "\uD83D\uDE00" + "y".repeat(1 << 20));
    record.setThrown(new IllegalStateException("z".repeat(1 << 20)));
    for (LogLine form : List.of(new TextLog(), new JsonLog("n1"))) {
      String line = form.format(record);
      assertTrue(line.length() < 42_000, "a line of " + line.length());
      assertTrue(
          line.contains("x... (cut, " + ((1 << 20) + 2) + " characters more)"),
          line.substring(8_200, 8_400));
      assertEquals(2, line.split(" characters more\\)", -1).length - 1);
    }
    String whole = "x".repeat(8192);
    assertTrue(new TextLog().format(record(Level.INFO, whole)).endsWith(": " + whole + "\n"));
  }

  @Test
  void parameters_are_filled_in_where_a_library_uses_them() {
    var record = record(Level.INFO, "listening on {0}");
    record.setParameters(new Object[] {"x"});
    assertTrue(new TextLog().format(record).endsWith(": listening on x\n"));
  }

  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static LogFields attempt() {
    return LogFields.NONE
        .task("t1")
        .queue("mails")
        .type("http")
        .attempt(3)
        .epoch(7)
        .trace(TraceContext.parse(TRACE));
  }

  @Test
  void the_fields_of_a_line_stand_beside_its_message_in_json_and_not_in_text() {
    var record = record(Level.WARNING, "task is dead id=t1 error={0}");
    record.setParameters(new Object[] {attempt()});
    String line = new JsonLog("n1").format(record);
    assertTrue(
        line.endsWith(
            "\"node\":\"n1\",\"message\":\"task is dead id=t1 error={0}\",\"task\":\"t1\","
                + "\"queue\":\"mails\",\"type\":\"http\",\"attempt\":3,\"epoch\":7,"
                + "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\","
                + "\"span_id\":\"b7ad6b7169203331\"}\n"),
        line);
    assertEquals(
        "2026-01-02T03:04:05.006Z WARNING node.WorkerPool: task is dead id=t1 error={0}\n",
        new TextLog().format(record));
  }

  @Test
  void a_value_cannot_make_up_a_field_and_is_cut() {
    var record = record(Level.INFO, "x");
    record.setParameters(
        new Object[] {LogFields.NONE.task("a\",\"level\":\"\n").type("y".repeat(1 << 20))});
    String line = new JsonLog("n1").format(record);
    assertTrue(line.contains(",\"task\":\"a\\\",\\\"level\\\":\\\"\\n\","), line);
    assertTrue(line.length() < 1_000, "a line of " + line.length());
  }

  @Test
  void what_a_runner_logs_has_the_fields_of_its_task_on_another_thread_too() {
    var record = record(Level.INFO, "hello {0}");
    record.setParameters(new Object[] {"you"});
    ScopedValue.where(LogFields.CURRENT, LogLineTest::attempt).run(() -> LogFields.keep(record));
    String line = new JsonLog("n1").format(record);
    assertTrue(line.contains("\"message\":\"hello you\",\"task\":\"t1\",\"queue\""), line);
  }

  @Test
  void a_line_that_has_fields_itself_adds_only_what_it_does_not_have() {
    var record = record(Level.INFO, "x");
    record.setParameters(new Object[] {LogFields.NONE.task("own")});
    ScopedValue.where(LogFields.CURRENT, LogLineTest::attempt).run(() -> LogFields.keep(record));
    String line = new JsonLog("n1").format(record);
    assertTrue(line.contains("\"task\":\"own\",\"queue\":\"mails\""), line);
  }
}
