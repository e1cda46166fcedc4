package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Outcome;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `POST /tasks/retry`: dead tasks that a query names, over HTTP on a real Redis.
@Timeout(120)
class RetryManyIT extends FaceAndLeader {
  private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

  private String died(String body) throws Exception {
    String id = id(face.post("/submit", body));
    end(claim(1).getFirst(), DIED);
    return id;
  }

  private static String retry(String query) throws Exception {
    var answer = face.call("POST", "/tasks/retry" + query);
    assertEquals(200, answer.statusCode(), text(answer));
    return text(answer);
  }

  private static String next(String answer) {
    Matcher matcher = NEXT.matcher(answer);
    assertTrue(matcher.find(), answer);
    return matcher.group(1);
  }

  private static void fill(int tasks) throws Exception {
    String batch = "[" + "{\"payload\":1},".repeat(tasks - 1) + "{\"payload\":1}]";
    String answer = text(face.post("/submit/batch", batch));
    assertTrue(answer.contains("\"accepted\":" + tasks), answer);
  }

  @Test
  void dead_tasks_are_brought_back_by_a_query_up_to_its_limit() throws Exception {
    for (int i = 0; i < 5; i++) {
      died(i < 3 ? "{\"payload\":1}" : "{\"payload\":1,\"priority\":\"low\"}");
    }
    String some = retry("?priority=medium&limit=2");
    assertTrue(some.startsWith("{\"revived\":2,\"refused\":0,\"more\":true,\"next\":\""), some);
    assertEquals(
        "{\"revived\":1,\"refused\":0,\"more\":false}",
        retry("?priority=medium&cursor=" + next(some)));
    assertEquals(3, claim(9).size());
    assertEquals("{\"revived\":2,\"refused\":0,\"more\":false}", retry("?state=dead&limit=500"));
    assertEquals(400, face.call("POST", "/tasks/retry?state=completed").statusCode());
    assertEquals(400, face.call("POST", "/tasks/retry?cursor=nothing").statusCode());
    assertEquals(405, face.call("GET", "/tasks/retry").statusCode());
  }

  @Test
  void what_is_refused_does_not_stand_in_the_way_of_what_is_behind_it() throws Exception {
    String old = died("{\"payload\":1}");
    for (int i = 0; i < 4; i++) {
      String body = "{\"payload\":1,\"uniqueKey\":\"k" + i + "\"}";
      died(body);
      face.post("/submit", body.replace("}", ",\"delay\":600}")); // holds the key again
    }
    String first = retry("?limit=4");
    assertTrue(first.startsWith("{\"revived\":0,\"refused\":4,\"more\":true,\"next\":\""), first);
    assertEquals(
        "{\"revived\":1,\"refused\":0,\"more\":false}", retry("?limit=4&cursor=" + next(first)));
    assertState("ready", old);
  }

  @Test
  void a_queue_that_becomes_full_on_the_way_leaves_the_counts_and_says_so() throws Exception {
    String last = died("{\"payload\":1}");
    died("{\"payload\":1}");
    String first = died("{\"payload\":1}");
    fill((int) RestFace.MAX_PENDING - 2);
    String answer = retry("");
    assertTrue(
        answer.startsWith("{\"revived\":2,\"refused\":0,\"more\":true,\"problem\":"), answer);
    assertTrue(answer.contains("queue-full"), answer);
    assertTrue(!answer.contains("Nothing was stored"), answer);
    assertState("ready", first);
    assertState("dead", last);
    var none = face.call("POST", "/tasks/retry");
    assertEquals(429, none.statusCode());
    assertTrue(text(none).contains("number of pending tasks is at its limit"), text(none));
    var one = face.call("POST", "/tasks/" + last + "/retry");
    assertEquals(429, one.statusCode());
    assertTrue(text(one).contains("number of pending tasks is at its limit"), text(one));
    end(claim(1).getFirst(), new Outcome.Cancelled());
    assertEquals("{\"revived\":1,\"refused\":0,\"more\":false}", retry(""));
  }

  @Test
  void times_choose_what_is_listed_and_what_is_brought_back() throws Exception {
    String first = id(face.post("/submit", "{\"payload\":1}"));
    end(claim(1).getFirst(), DIED);
    String second = id(face.post("/submit", "{\"payload\":1}"));
    end(claim(1).getFirst(), DIED);
    String time = submittedAt(second);
    assertEquals(List.of(second), listed("submittedSince=" + time));
    assertEquals(List.of(first), listed("submittedBefore=" + time));
    assertEquals(List.of(second, first), listed("state=dead&submittedSince=2026-01-01T00:00:00Z"));
    String elsewhere = time.replace("Z", "%2B00:00");
    assertEquals(List.of(first), listed("state=dead&submittedBefore=" + elsewhere));
    var answer = face.call("POST", "/tasks/retry?submittedBefore=" + time);
    assertEquals("{\"revived\":1,\"refused\":0,\"more\":false}", text(answer));
    assertState("ready", first);
    assertState("dead", second);
  }

  private static String submittedAt(String id) throws Exception {
    return text(face.call("GET", "/status?id=" + id))
        .replaceAll(".*\"submittedAt\":\"([^\"]+)\".*", "$1");
  }

  private static List<String> listed(String query) throws Exception {
    String text = text(face.call("GET", "/tasks?" + query));
    return ID.matcher(text).results().map(result -> result.group(1)).toList();
  }
}
