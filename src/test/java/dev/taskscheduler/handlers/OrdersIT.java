package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a submission may ask for, and what is ordered of tasks after: over HTTP, on a real Redis,
/// with a leader whose calls the test makes itself.
@Timeout(120)
class OrdersIT extends FaceAndLeader {
  @Test
  void all_that_a_submission_may_ask_for_reaches_the_leader() throws Exception {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    HttpResponse<byte[]> answer =
        face.post(
            "/submit",
            """
            {"payload": 1, "maxAttempts": 7, "backoff": {"base": "PT2S", "cap": 60, "factor": 1.5},
             "timeout": 0.5, "expiresAt": "2036-01-01T00:00:00Z", "retention": "PT1H",
             "uniqueKey": "k", "callback": {"url": "https://example.com/x?a=b", "on": "failure"}}
            """
                .replace(
                    "2036-01-01",
                    java.time.LocalDate.now(java.time.ZoneOffset.UTC).plusDays(9).toString()),
            "traceparent",
            trace);
    assertEquals(202, answer.statusCode(), text(answer));
    var options = claim(1).getFirst().options();
    assertEquals(7, options.get(TaskOption.MAX_ATTEMPTS).orElseThrow());
    assertEquals(Optional.of(Duration.ofSeconds(2)), options.get(TaskOption.BACKOFF_BASE));
    assertEquals(Optional.of(Duration.ofMinutes(1)), options.get(TaskOption.BACKOFF_CAP));
    assertEquals(1.5, options.get(TaskOption.BACKOFF_FACTOR).orElseThrow());
    assertEquals(Optional.of(Duration.ofMillis(500)), options.get(TaskOption.TIMEOUT));
    assertEquals(Optional.of(Duration.ofHours(1)), options.get(TaskOption.RETENTION));
    assertEquals("https://example.com/x?a=b", options.get(TaskOption.CALLBACK_URL).orElseThrow());
    assertEquals(Optional.of(trace), options.get(TaskOption.TRACEPARENT));
  }

  @Test
  void a_part_of_the_backoff_is_taken_alone_and_two_must_go_together() throws Exception {
    face.post("/submit", "{\"payload\":1,\"backoff\":{\"cap\":0.5}}");
    var options = claim(1).getFirst().options();
    assertEquals(Optional.of(Duration.ofMillis(500)), options.get(TaskOption.BACKOFF_CAP));
    assertEquals(Optional.empty(), options.get(TaskOption.BACKOFF_BASE));
    assertEquals(
        202, face.post("/submit", "{\"payload\":1,\"backoff\":{\"base\":\"PT1H\"}}").statusCode());
    var answer = face.post("/submit", "{\"payload\":1,\"backoff\":{\"base\":2,\"cap\":1}}");
    assertEquals(400, answer.statusCode());
    assertTrue(text(answer).contains("must not be less than base"), text(answer));
  }

  @Test
  void every_option_at_fault_is_named_at_once() throws Exception {
    HttpResponse<byte[]> answer =
        face.post(
            "/submit",
            """
            {"payload": 1, "maxAttempts": 0, "backoff": {"base": -1, "cap": "x", "factor": 0.5, "y": 1},
             "timeout": 0, "expiresAt": "soon", "retention": "PT0S", "uniqueKey": "",
             "uniqueFor": 1e9, "callback": {"url": "ftp://x", "on": "never"}, "durability": "stone"}
            """);
    assertEquals(400, answer.statusCode());
    for (String pointer :
        List.of(
            "/maxAttempts",
            "/backoff/base",
            "/backoff/cap",
            "/backoff/factor",
            "/backoff/y",
            "/timeout",
            "/expiresAt",
            "/retention",
            "/uniqueKey",
            "/uniqueFor",
            "/callback/url",
            "/callback/on",
            "/durability")) {
      assertTrue(text(answer).contains("\"" + pointer + "\""), pointer + " in " + text(answer));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://example.com/",
        "http://u:p@example.com/",
        "http://u@example.com/",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://?x",
        "http:///x",
        "http://under_score.0x7f/",
        "http://[fe80::1%25eth0]/",
        "http://example.com/{x}",
        "//example.com/",
        "example.com"
      })
  void a_callback_to_a_url_that_no_payload_could_name_is_refused(String url) throws Exception {
    String task = "{\"payload\":1,\"callback\":{\"url\":\"" + url + "\"}}";
    HttpResponse<byte[]> answer = face.post("/submit", task);
    assertEquals(400, answer.statusCode(), text(answer));
    assertTrue(text(answer).contains("\"pointer\":\"/callback/url\""), text(answer));
    HttpResponse<byte[]> batch = face.post("/submit/batch", "[" + task + "]");
    assertTrue(text(batch).contains("/callback/url"), text(batch));
    assertEquals(0, claim(1).size());
  }

  @Test
  void the_same_body_under_an_idempotency_key_is_kept_once_and_another_is_refused()
      throws Exception {
    String first = id(face.post("/submit", "{\"payload\":1}", "Idempotency-Key", "\"a-1\""));
    var again = face.post("/submit", "{\"payload\":1}", "Idempotency-Key", "a-1");
    assertEquals(202, again.statusCode());
    assertEquals(first, id(again));
    var other = face.post("/submit", "{\"payload\":2}", "Idempotency-Key", "\"a-1\"");
    assertEquals(422, other.statusCode());
    assertTrue(text(other).contains("idempotency-key-reused"), text(other));
    assertNotEquals(first, id(face.post("/submit", "{\"payload\":1}")));
    assertEquals(
        400, face.post("/submit", "{\"payload\":1}", "Idempotency-Key", "a b").statusCode());
    assertEquals(2, claim(10).size());
  }

  @Test
  void a_unique_key_is_held_until_its_task_ends_or_for_its_window() throws Exception {
    String held = "{\"payload\":1,\"uniqueKey\":\"order-1\"}";
    String first = id(face.post("/submit", held));
    var second = face.post("/submit", held);
    assertEquals(200, second.statusCode());
    assertEquals(first, id(second));
    assertTrue(text(second).contains("\"duplicate\":true"), text(second));
    end(claim(1).getFirst(), Outcome.SUCCESS);
    assertNotEquals(first, id(face.post("/submit", held)));
    String window = "{\"payload\":1,\"uniqueKey\":\"order-2\",\"uniqueFor\":60}";
    String kept = id(face.post("/submit", window));
    face.call("DELETE", "/tasks/" + kept);
    assertEquals(kept, id(face.post("/submit", window)));
  }

  @Test
  void a_task_that_waits_is_cancelled_at_once_and_one_that_runs_by_the_leader() throws Exception {
    String ready = id(face.post("/submit", "{\"payload\":1}"));
    var cancelled = face.call("DELETE", "/tasks/" + ready);
    assertEquals(200, cancelled.statusCode());
    assertTrue(text(cancelled).contains("\"was\":\"ready\""), text(cancelled));
    assertState("cancelled", ready);
    String later = id(face.post("/submit", "{\"payload\":1,\"delay\":60}"));
    assertTrue(text(face.call("DELETE", "/tasks/" + later)).contains("\"was\":\"scheduled\""));
    String running = id(face.post("/submit", "{\"payload\":1}"));
    Claim claim = claim(5).getFirst();
    assertEquals(running, claim.id(), "what is cancelled is not claimed");
    assertEquals(202, face.call("DELETE", "/tasks/" + running).statusCode());
    assertEquals(List.of(running), tasks.maintenance().cancelling(TOKEN));
    end(claim, new Outcome.Cancelled());
    assertState("cancelled", running);
    assertTrue(text(face.call("GET", "/status?id=" + running)).contains("\"startedAt\":"));
    assertFalse(text(face.call("GET", "/status?id=" + ready)).contains("\"startedAt\":"));
    assertEquals(409, face.call("DELETE", "/tasks/" + running).statusCode());
    assertEquals(404, face.call("DELETE", "/tasks/nothing").statusCode());
    assertEquals(
        404, face.call("DELETE", "/tasks/019aa0e6-5b3c-7000-8000-000000000000").statusCode());
  }

  @Test
  void a_task_that_waits_to_be_tried_again_was_retrying() throws Exception {
    String id = id(face.post("/submit", "{\"payload\":1}"));
    end(claim(1).getFirst(), new Outcome.Failure("no", false, Optional.of(Duration.ofHours(1))));
    assertState("retrying", id);
    assertTrue(text(face.call("DELETE", "/tasks/" + id)).contains("\"was\":\"retrying\""));
  }

  @Test
  void a_dead_task_is_brought_back_and_no_other() throws Exception {
    String id = id(face.post("/submit", "{\"payload\":1}"));
    assertEquals(409, face.call("POST", "/tasks/" + id + "/retry").statusCode());
    end(claim(1).getFirst(), new Outcome.Failure("no", false, Optional.empty()));
    assertState("dead", id);
    assertEquals(202, face.call("POST", "/tasks/" + id + "/retry").statusCode());
    assertState("ready", id);
    assertEquals(2, claim(1).getFirst().attempt());
    assertEquals(404, face.call("POST", "/tasks/x/retry").statusCode());
  }

  @Test
  void what_is_known_of_a_task_is_told_whole() throws Exception {
    String id =
        id(face.post("/submit", "{\"payload\":{\"a\": 1.0},\"maxAttempts\":2,\"timeout\":3}"));
    String waits = text(face.call("GET", "/tasks/" + id + "/explain"));
    assertTrue(waits.contains("\"why\":"), waits);
    end(claim(1).getFirst(), new Outcome.Failure("not yet", true, Optional.of(Duration.ZERO)));
    tasks.maintenance().promote(TOKEN, 10);
    end(claim(1).getFirst(), new Outcome.Success("{\"b\":2}".getBytes(UTF_8)));
    String known = text(face.call("GET", "/tasks/" + id));
    for (String part :
        List.of(
            "\"payload\":{\"a\": 1.0}",
            "\"result\":{\"b\":2}",
            "not yet",
            "\"state\":\"completed\"")) {
      assertTrue(known.contains(part), part + " in " + known);
    }
    assertTrue(text(face.call("GET", "/tasks?state=completed")).contains(id));
    assertEquals(400, face.call("GET", "/tasks?state=nowhere&limit=0&x=1").statusCode());
    assertTrue(text(face.call("GET", "/stats")).contains("\"completed\":1"));
  }

  @Test
  void what_is_paused_does_not_start_until_it_is_resumed() throws Exception {
    face.post("/submit", "{\"payload\":1,\"priority\":\"low\"}");
    assertTrue(text(face.call("POST", "/pause?priority=low")).contains("\"priority\":\"low\""));
    assertEquals(List.of(), claim(5));
    assertTrue(text(face.call("GET", "/pause")).contains("\"priority\":\"low\""));
    assertEquals("{\"paused\":[]}", text(face.call("POST", "/resume?priority=low")));
    assertEquals(1, claim(5).size());
    assertEquals(400, face.call("POST", "/pause?priority=never").statusCode());
    assertEquals(400, face.call("POST", "/pause?priority=low&queue=mails").statusCode());
    assertTrue(text(face.call("POST", "/pause")).contains("\"all\":true"));
    face.post("/submit", "{\"payload\":1}");
    assertEquals(List.of(), claim(5));
    face.call("POST", "/resume");
    assertEquals(1, claim(5).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pause?queue=mail",
        "/pause?type=mail",
        "/pause?prio=low",
        "/pause?priority=low&priority=low"
      })
  void a_pause_that_is_not_understood_pauses_nothing(String target) throws Exception {
    var answer = face.call("POST", target);
    assertEquals(400, answer.statusCode());
    String name = target.substring(target.indexOf('?'), target.indexOf('='));
    assertTrue(text(answer).contains("\"pointer\":\"" + name + "\""), text(answer));
    assertEquals("{\"paused\":[]}", text(face.call("GET", "/pause")));
  }

  @Test
  void a_body_neither_pauses_nor_resumes_nor_brings_back_anything() throws Exception {
    assertEquals(400, face.post("/pause", "{\"type\":\"log\"}").statusCode());
    assertEquals("{\"paused\":[]}", text(face.call("GET", "/pause")));
    face.call("POST", "/pause");
    assertEquals(400, face.post("/resume", "{\"type\":\"log\"}").statusCode());
    assertEquals(400, face.call("POST", "/resume?prio=low").statusCode());
    assertTrue(text(face.call("GET", "/pause")).contains("\"all\":true"));
    var answer = face.post("/tasks/retry", "{\"type\":\"log\"}");
    assertEquals(400, answer.statusCode());
    assertTrue(text(answer).contains("must be empty; send query parameters"), text(answer));
  }

  @Test
  void a_batch_is_answered_item_by_item_as_an_array_and_as_lines() throws Exception {
    String array = "[{\"payload\":\"],[\\\"\"}, {\"priority\":\"x\"},{\"payload\":{\"a\":[1]}} ,7]";
    var answer = face.post("/submit/batch", array);
    assertEquals(200, answer.statusCode(), text(answer));
    assertTrue(
        text(answer).endsWith("\"accepted\":2,\"duplicates\":0,\"refused\":2}"), text(answer));
    assertEquals("\"],[\\\"\"", new String(claim(1).getFirst().payload(), UTF_8));
    assertEquals("{\"a\":[1]}", new String(claim(1).getFirst().payload(), UTF_8));
    byte[] lines = "{\"payload\":1}\n\n{\"payload\":2}\r\nnothing\n{\"payload\":3}".getBytes(UTF_8);
    answer = face.post("/submit/batch", lines, "application/x-ndjson");
    assertTrue(
        text(answer).endsWith("\"accepted\":3,\"duplicates\":0,\"refused\":1}"), text(answer));
    assertEquals(3, claim(9).size());
  }

  @Test
  void a_batch_that_breaks_off_keeps_what_was_read_and_says_so() throws Exception {
    var answer = face.post("/submit/batch", "[{\"payload\":1},{\"payload\":2");
    assertEquals(200, answer.statusCode());
    assertTrue(text(answer).contains("ends in the middle"), text(answer));
    assertEquals(1, claim(9).size());
    assertEquals(400, face.post("/submit/batch", "{\"payload\":1}").statusCode());
    assertEquals(400, face.post("/submit/batch", "").statusCode());
    assertEquals(200, face.post("/submit/batch", "[ ]").statusCode());
    for (String type :
        List.of(
            "text/plain",
            "application/json;charset=latin1",
            "application/x-ndjson;charset=latin1")) {
      assertEquals(415, face.post("/submit/batch", "[]".getBytes(UTF_8), type).statusCode(), type);
    }
    for (String type :
        List.of("application/json; charset=UTF-8", "application/jsonl;charset=utf-8")) {
      assertEquals(200, face.post("/submit/batch", "[]".getBytes(UTF_8), type).statusCode(), type);
    }
  }

  @Test
  void an_item_that_is_too_large_is_refused_alone() throws Exception {
    String large = "{\"payload\":\"" + "x".repeat(1 << 16) + "\"}";
    String small = "{\"payload\":1}";
    for (String type : List.of("application/json", "application/x-ndjson")) {
      String body =
          type.endsWith("ndjson")
              ? large + "\n" + small + "\n" + large
              : "[" + large + "," + small + "," + large + "]";
      var answer = face.post("/submit/batch", body.getBytes(UTF_8), type);
      assertEquals(200, answer.statusCode(), text(answer));
      assertTrue(text(answer).contains("\"status\":413"), text(answer));
      assertTrue(
          text(answer).endsWith("\"accepted\":1,\"duplicates\":0,\"refused\":2}"), text(answer));
      assertEquals(1, claim(9).size());
    }
  }

  @Test
  void a_duplicate_in_a_batch_is_counted_as_one() throws Exception {
    String item = "{\"payload\":1,\"uniqueKey\":\"k\"}";
    String answer = text(face.post("/submit/batch", "[" + item + "," + item + "]"));
    assertTrue(answer.endsWith("\"accepted\":1,\"duplicates\":1,\"refused\":0}"), answer);
  }

  @Test
  void a_batch_takes_10000_tasks_and_no_more_and_the_same_again_keeps_nothing_twice()
      throws Exception {
    String batch = "[" + "{\"payload\":1,\"delay\":9},".repeat(899) + "{\"payload\":2}]";
    var first = face.post("/submit/batch", batch, "Idempotency-Key", "b-1");
    assertTrue(
        text(first).endsWith("\"accepted\":900,\"duplicates\":0,\"refused\":0}"), text(first));
    var again = face.post("/submit/batch", batch, "Idempotency-Key", "b-1");
    assertEquals(text(first), text(again));
    String large = "[" + "null,".repeat(10_000) + "null]";
    String answer = text(face.post("/submit/batch", large));
    assertTrue(
        answer.contains("\"refused\":10001"), "all are read, and those beyond the bound refused");
    assertTrue(answer.contains("A batch has at most 10000 tasks"), "and what is beyond is told");
  }

  @Test
  void a_scheduled_task_is_run_now_and_found_by_its_id() throws Exception {
    HttpResponse<byte[]> submitted = face.post("/submit", "{\"payload\":1,\"delay\":3600}");
    String where = submitted.headers().firstValue("Location").orElseThrow();
    String id = where.substring(where.indexOf('=') + 1);
    HttpResponse<byte[]> run = face.call("POST", "/tasks/" + id + "/run");
    assertEquals(202, run.statusCode());
    assertEquals("{\"id\":\"" + id + "\",\"state\":\"ready\"}", text(run));
    HttpResponse<byte[]> again = face.call("POST", "/tasks/" + id + "/run");
    assertEquals(409, again.statusCode());
    assertTrue(text(again).contains("is ready already"), text(again));
    assertEquals(404, face.call("POST", "/tasks/" + id.replace('7', '6') + "/run").statusCode());
    for (String part : List.of(id, id.toUpperCase(java.util.Locale.ROOT), id.substring(0, 30))) {
      String found = text(face.call("GET", "/tasks?state=ready&id=" + part));
      assertTrue(found.contains("\"id\":\"" + id + "\""), found);
      String none = text(face.call("GET", "/tasks?state=dead&id=" + part));
      assertTrue(none.startsWith("{\"tasks\":[]"), none);
    }
    for (String odd : List.of("019", "xyz1", "019a".repeat(10))) {
      assertEquals(400, face.call("GET", "/tasks?id=" + odd).statusCode(), odd);
    }
    assertEquals(200, face.call("POST", "/tasks/cancel?id=" + id).statusCode());
    assertEquals(409, face.call("POST", "/tasks/" + id + "/run").statusCode());
    String audit = text(face.call("GET", "/audit?limit=10"));
    assertTrue(audit.contains("\"action\":\"run\""), audit);
  }
}
