package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `POST /tasks/cancel` and `POST /tasks/delete`, over HTTP on a real Redis.
@Timeout(120)
class ManyTasksIT extends FaceAndLeader {
  private static String submit(String more) throws Exception {
    return id(face.post("/submit", "{\"payload\":1" + more + "}"));
  }

  private static String call(String target) throws Exception {
    var answer = face.call("POST", target);
    assertEquals(200, answer.statusCode(), text(answer));
    return text(answer);
  }

  private static String next(String answer) {
    return answer.replaceAll(".*\"next\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void waiting_tasks_are_cancelled_by_a_filter_and_others_stay() throws Exception {
    String running = submit(",\"tags\":[\"t\"]");
    claim(1);
    String ready = submit(",\"tags\":[\"t\"]");
    String scheduled = submit(",\"tags\":[\"t\"],\"delay\":60");
    String other = submit("");
    String first = call("/tasks/cancel?tag=t&limit=1");
    assertTrue(
        first.startsWith("{\"cancelled\":1,\"cancelling\":0,\"refused\":0,\"more\":true,"), first);
    assertEquals(
        "{\"cancelled\":1,\"cancelling\":0,\"refused\":0,\"more\":false}",
        call("/tasks/cancel?tag=t&cursor=" + next(first)));
    assertState("cancelled", ready);
    assertState("cancelled", scheduled);
    assertState("running", running);
    assertState("ready", other);
    assertEquals(
        "{\"cancelled\":1,\"cancelling\":1,\"refused\":0,\"more\":false}",
        call("/tasks/cancel?status=pending"));
    assertState("cancelled", other);
    assertTrue(get("/tasks/" + running).contains("\"cancelling\":true"));
  }

  @Test
  void dead_and_cancelled_tasks_are_deleted_once_no_call_about_them_may_come_again()
      throws Exception {
    String dead = submit("");
    end(claim(1).getFirst(), DIED);
    String cancelled = submit("");
    call("/tasks/cancel?state=ready");
    assertEquals(
        "{\"deleted\":0,\"refused\":1,\"more\":false}", call("/tasks/delete?status=failed"));
    try (var jedis = face.redisServer.jedis()) {
      for (String id : List.of(dead, cancelled)) {
        jedis.setrange("{test}:task:" + id, 14, "0000000000001");
        jedis.setrange("{test}:task:" + id, 50, "0000000000001");
      }
    }
    assertEquals(
        "{\"deleted\":0,\"refused\":0,\"more\":false}",
        call("/tasks/delete?state=dead&error=other"));
    assertEquals(
        "{\"deleted\":1,\"refused\":0,\"more\":false}", call("/tasks/delete?status=failed"));
    assertEquals(404, face.call("GET", "/tasks/" + dead).statusCode());
    assertEquals(
        "{\"deleted\":1,\"refused\":0,\"more\":false}", call("/tasks/delete?state=cancelled"));
    assertEquals("{\"tasks\":[]}", get("/tasks"));
  }

  @ParameterizedTest
  @CsvSource({
    "/tasks/cancel, ?state",
    "/tasks/cancel?limit=5&order=newest, ?state",
    "/tasks/cancel?state=dead, ?state",
    "/tasks/cancel?tag=t&cursor=nothing, ?cursor",
    "/tasks/cancel?queue=, ?queue",
    "/tasks/delete, ?state",
    "/tasks/delete?tag=t, ?state",
    "/tasks/delete?status=pending, ?state",
    "/tasks/delete?state=completed, ?state",
    "/tasks/delete?state=dead&odd=1, ?odd"
  })
  void a_query_that_selects_too_much_or_what_cannot_be_is_refused(String target, String pointer)
      throws Exception {
    submit(",\"tags\":[\"t\"]");
    var answer = face.call("POST", target);
    assertEquals(400, answer.statusCode(), text(answer));
    assertTrue(text(answer).contains("\"pointer\":\"" + pointer + "\""), text(answer));
    assertEquals(1, get("/tasks?state=ready").split("\"id\"").length - 1);
    var body = face.post("/tasks/cancel?tag=t", "{\"queue\":\"x\"}");
    assertEquals(400, body.statusCode());
  }
}
