package dev.taskscheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.HttpTarget;
import dev.taskscheduler.testing.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Answers that no node of ours gives, and what of a call goes over the wire.
@Timeout(30)
class ServerTest {
  private static final String TYPE = "Content-Type";
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  @TempDir Path folder;

  private static CommandRun.Result run(HttpTarget target, String... args) {
    return CommandRun.at(target.address("")).run(args);
  }

  @Test
  void a_token_of_the_environment_or_a_file_goes_with_the_call() throws IOException {
    try (HttpTarget target = HttpTarget.answering(200, "{\"leader\":null}", TYPE, JSON)) {
      CommandRun run =
          CommandRun.at(target.address("/")).with("SCHEDULER_TOKEN", "of-the-environment");
      assertEquals("no node leads\n", run.run("leader").out());
      Path file = Files.writeString(folder.resolve("token"), "of-the-file\n");
      run.run("leader", "--token-file", file.toString());
      run(target, "leader");
      assertEquals("/leader", target.asked().getFirst().uri());
      assertEquals("Bearer of-the-environment", authorization(target, 0));
      assertEquals("Bearer of-the-file", authorization(target, 1));
      assertEquals("", authorization(target, 2));
    }
  }

  private static String authorization(HttpTarget target, int call) {
    return Optional.ofNullable(target.asked().get(call).headers().getFirst("Authorization"))
        .orElse("");
  }

  @Test
  void a_payload_is_sent_byte_for_byte_with_its_options() throws IOException {
    try (HttpTarget target = HttpTarget.answering(202, "{\"id\":\"7\"}", TYPE, JSON)) {
      String payload = "{ \"a\" : 1.50,\n\"b\":\"\\u001b ü\" }";
      CommandRun.Result result =
          CommandRun.at(target.address(""))
              .piped(payload)
              .run(
                  "submit",
                  "-",
                  "--type",
                  "t",
                  "--priority",
                  "low",
                  "--queue",
                  "q",
                  "--delay",
                  "5s",
                  "--unique-key",
                  "k \"x\"",
                  "--tag",
                  "a",
                  "--tag",
                  "b",
                  "--max-attempts",
                  "3",
                  "--idempotency-key",
                  "once");
      assertEquals("7\n", result.out());
      HttpTarget.Asked asked = target.asked().getFirst();
      assertEquals(
          "{\"payload\":"
              + payload
              + ",\"type\":\"t\",\"priority\":\"low\",\"queue\":\"q\",\"delay\":\"5s\","
              + "\"uniqueKey\":\"k \\\"x\\\"\",\"maxAttempts\":3,\"tags\":[\"a\",\"b\"]}",
          new String(asked.body(), UTF_8));
      assertEquals("once", asked.headers().getFirst("Idempotency-Key"));
      run(target, "submit", "{}");
      assertEquals("{\"payload\":{}}", new String(target.asked().get(1).body(), UTF_8));
    }
  }

  @Test
  void names_and_filters_are_encoded() throws IOException {
    try (HttpTarget target = HttpTarget.answering(200, "{\"tasks\":[]}", TYPE, JSON)) {
      run(target, "list", "--error", "a b&c=d+ü", "--state", "dead", "--order", "newest");
      run(target, "cancel", "../retry?x");
      assertEquals(
          "/tasks?state=dead&error=a%20b%26c%3Dd%2B%C3%BC&order=newest&limit=50",
          target.asked().get(0).uri());
      assertEquals("/tasks/..%2Fretry%3Fx", target.asked().get(1).uri());
      assertEquals("DELETE", target.asked().get(1).method());
    }
  }

  @Test
  void a_problem_is_printed_with_its_field_errors_and_harmless() throws IOException {
    String problem =
        "{\"title\":\"t\",\"status\":400,\"detail\":\"Correct\\u001b[2J it.\","
            + "\"errors\":[{\"pointer\":\"/a\",\"detail\":\"must be 1\"},{\"pointer\":\"/b\",\"detail\":\"x\\ny\"}]}";
    try (HttpTarget target = HttpTarget.answering(400, problem, TYPE, PROBLEM)) {
      CommandRun.Result result = run(target, "submit", "1");
      assertEquals(ExitStatus.REFUSED, result.status());
      assertEquals("", result.out());
      assertEquals("Correct\\u001b[2J it.\n  /a: must be 1\n  /b: x\\u000ay\n", result.err());
    }
  }

  @Test
  void hostile_text_of_an_answer_reaches_no_terminal() throws IOException {
    String task =
        "{\"id\":\"\\u001b]0;t\\u0007\",\"state\":\"dead\",\"attempt\":1,\"error\":\"\\u001b[2J\\u202e\u009b1A\\r\\n\"}";
    try (HttpTarget target =
        HttpTarget.that(exchange -> {
          boolean list = exchange.getRequestURI().getPath().equals("/tasks");
          HttpTarget.answer(exchange, 200, list ? "{\"tasks\":[" + task + "]}" : task, TYPE, JSON);
        })) {
      for (String[] command :
          new String[][] {
            {"status", "1"},
            {"status", "1", "-o", "json"},
            {"watch", "1"},
            {"list"},
            {"list", "-o", "json"},
            {"status", "1", "--details"},
            {"top", "--once"},
            {"cancel", "1"}
          }) {
        String out = run(target, command).out();
        assertTrue(out.contains("\\u001b"), out);
        assertTrue(out.chars().allMatch(c -> c == '\n' || SafeText.isPrintable(c)), out);
      }
    }
  }

  @Test
  void a_huge_answer_is_not_read_to_its_end() throws IOException {
    try (HttpTarget target =
        HttpTarget.that(exchange -> {
          exchange.getResponseHeaders().add(TYPE, JSON);
          exchange.sendResponseHeaders(200, 0);
          byte[] block = " ".repeat(1 << 20).getBytes(UTF_8);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(block);
          }
        })) {
      CommandRun.Result result = run(target, "list");
      assertEquals(ExitStatus.UNREACHABLE, result.status());
      assertTrue(result.err().contains("larger than 16 MiB"), result::err);
    }
  }

  @Test
  void a_certificate_that_java_does_not_trust_is_named_by_a_file() throws Exception {
    TestIdentity node = TestIdentity.make(folder, "EC", "node");
    Path file = Files.writeString(folder.resolve("ca.pem"), node.certificatePem());
    try (HttpTarget target =
        HttpTarget.by(
            node.serving(),
            exchange -> HttpTarget.answer(exchange, 200, "{\"leader\":null}", TYPE, JSON))) {
      CommandRun run = CommandRun.at("https://127.0.0.1:" + target.port());
      CommandRun.Result refused = run.run("leader");
      assertEquals(ExitStatus.UNREACHABLE, refused.status());
      assertTrue(refused.err().contains("No TLS connection"), refused::err);
      assertEquals("no node leads\n", run.run("leader", "--ca-file", file.toString()).out());
      assertEquals("no node leads\n", run.with("SCHEDULER_CA_FILE", "" + file).run("leader").out());
      Files.writeString(file, "no certificate");
      assertEquals(ExitStatus.USAGE, run.run("leader", "--ca-file", file.toString()).status());
    }
  }

  @Test
  void a_redirection_is_not_followed() throws IOException {
    try (HttpTarget other = HttpTarget.answering(200, "{\"leader\":null}", TYPE, JSON);
        HttpTarget target = HttpTarget.answering(302, "", "Location", other.address("/leader"))) {
      CommandRun.Result result =
          CommandRun.at(target.address("")).with("SCHEDULER_TOKEN", "secret").run("leader");
      assertEquals(ExitStatus.UNREACHABLE, result.status());
      assertTrue(result.err().contains("answered 302"), result::err);
      assertTrue(other.asked().isEmpty());
    }
  }

  @Test
  void what_is_no_task_scheduler_is_said() throws IOException {
    try (HttpTarget page = HttpTarget.answering(200, "<html>\u001b</html>", TYPE, "text/html");
        HttpTarget broken = HttpTarget.answering(200, "{\"leader\":", TYPE, JSON);
        HttpTarget proxy = HttpTarget.answering(502, "bad gateway", TYPE, "text/plain");
        HttpTarget empty = HttpTarget.answering(500, "")) {
      for (HttpTarget target : new HttpTarget[] {page, broken}) {
        CommandRun.Result result = run(target, "leader");
        assertEquals(ExitStatus.UNREACHABLE, result.status());
        assertTrue(result.err().contains("is it a node of the task scheduler?"), result::err);
      }
      for (HttpTarget target : new HttpTarget[] {proxy, empty}) {
        CommandRun.Result result = run(target, "leader");
        assertEquals(ExitStatus.REFUSED, result.status());
        assertTrue(result.err().contains("without a reason"), result::err);
      }
    }
  }

  @Test
  void an_answer_that_comes_too_late_or_byte_by_byte_is_not_awaited() throws IOException {
    CountDownLatch over = new CountDownLatch(1);
    try (HttpTarget silent = HttpTarget.that(exchange -> over.await());
        HttpTarget slow =
            HttpTarget.that(exchange -> {
              exchange.getResponseHeaders().add(TYPE, JSON);
              exchange.sendResponseHeaders(200, 0);
              while (!over.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
              }
            })) {
      for (HttpTarget target : new HttpTarget[] {silent, slow}) {
        CommandRun.Result result = run(target, "submit", "1", "--timeout", "300ms");
        assertEquals(ExitStatus.UNREACHABLE, result.status());
        assertTrue(result.err().contains("No answer"), result::err);
        assertTrue(
            result.err().contains("within 0.3 s; the call may have been done or not"), result::err);
        assertEquals(1, target.asked().size(), "nothing is submitted twice");
      }
      over.countDown();
    }
  }

  @Test
  void a_list_that_does_not_move_on_ends() throws IOException {
    try (HttpTarget target =
        HttpTarget.answering(200, "{\"tasks\":[],\"next\":\"same\"}", TYPE, JSON)) {
      CommandRun.Result result = run(target, "list");
      assertEquals(ExitStatus.OK, result.status());
      assertTrue(result.err().contains("--cursor same"), result::err);
      assertEquals(2, target.asked().size());
    }
  }

  @Test
  void top_shows_pictures_one_after_the_other_where_nobody_sits_and_draws_where_one_does()
      throws Exception {
    try (HttpTarget target =
        HttpTarget.answering(200, "{\"leader\":\"n1\",\"epoch\":1}", TYPE, JSON)) {
      String once = run(target, "top", "--once").out();
      assertTrue(once.contains("n1 leads"), once);
      assertFalse(once.contains("\u001b"), once);
      assertFalse(
          CommandRun.at(target.address(""))
              .typed("")
              .run("top", "--once")
              .out()
              .contains("\u001b"));
      String json = run(target, "top", "--once", "-o", "json").out();
      assertEquals(
          "n1",
          Json.parse(json.getBytes(UTF_8)).at("leader").map(l -> l.show("leader")).orElse(""));
    }
  }
}
