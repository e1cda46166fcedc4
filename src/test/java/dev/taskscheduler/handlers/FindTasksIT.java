package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tags, unique keys, errors and statuses in queries, over HTTP on a real Redis.
@Timeout(120)
class FindTasksIT extends FaceAndLeader {
  private static String submit(String more) throws Exception {
    return id(face.post("/submit", "{\"payload\":1" + more + "}"));
  }

  private static List<String> listed(String query) throws Exception {
    return ID.matcher(get("/tasks?" + query))
        .results()
        .map(MatchResult::group)
        .map(text -> text.substring(6, 42))
        .toList();
  }

  @Test
  void tags_are_shown_and_found() throws Exception {
    String first = submit(",\"tags\":[\"billing\",\"customer:7\",\"billing\"]");
    String second = submit(",\"tags\":[\"billing\"],\"delay\":60");
    submit(",\"tags\":[]");
    String shown = "\"tags\":[\"billing\",\"customer:7\"]";
    assertTrue(get("/status?id=" + first).contains(shown));
    assertTrue(get("/tasks/" + first).contains(shown));
    assertTrue(get("/tasks?tag=customer:7").contains(shown));
    assertEquals(List.of(first, second), listed("tag=billing"));
    assertEquals(List.of(second), listed("tag=billing&state=scheduled"));
    assertEquals(List.of(), listed("tag=bill"));
    String batch = text(face.post("/submit/batch", "[{\"payload\":1,\"tags\":[\"a\"]}]"));
    assertTrue(batch.contains("\"accepted\":1"), batch);
    assertEquals(1, listed("tag=a").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'billing'                           | /tags",
        "{\"a\":[\"b\"]}                       | /tags",
        "null                                | /tags",
        "[\"a\",\"b\",[\"c\"],\"d\"]           | /tags/2",
        "[\"two words\"]                     | /tags/0",
        "[\"a,b\",7]                         | /tags/0 /tags/1",
        "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"] | /tags"
      })
  void what_is_no_list_of_tags_is_refused_with_its_place(String tags, String pointers)
      throws Exception {
    String value = tags.equals("billing") ? "\"billing\"" : tags;
    var answer = face.post("/submit", "{\"payload\":1,\"tags\":" + value + ",\"odd\":1}");
    assertEquals(400, answer.statusCode());
    for (String pointer : (pointers + " /odd").split(" ")) {
      assertTrue(text(answer).contains("\"pointer\":\"" + pointer + "\""), text(answer));
    }
    var tooLong = face.post("/submit", "{\"payload\":1,\"tags\":[\"" + "x".repeat(65) + "\"]}");
    assertEquals(400, tooLong.statusCode());
  }

  @Test
  void a_retrying_task_shows_its_last_error_and_is_found_by_it() throws Exception {
    String id = submit(",\"uniqueKey\":\"order 7\"");
    end(
        claim(1).getFirst(),
        new Outcome.Failure("answered 503", false, Optional.of(Duration.ofHours(1))));
    String shown = "\"lastError\":\"answered 503\"";
    for (String path : List.of("/status?id=" + id, "/tasks/" + id, "/tasks?state=retrying")) {
      assertTrue(get(path).contains(shown), get(path));
    }
    assertEquals(List.of(id), listed("error=ANSWERED%20503"));
    assertEquals(List.of(), listed("error=answered%20504"));
    assertEquals(List.of(id), listed("uniqueKey=order%207"));
    assertEquals(List.of(), listed("uniqueKey=order%208"));
  }

  @Test
  void a_status_is_asked_for_by_its_word_and_the_newest_come_first() throws Exception {
    String dead = submit("");
    end(claim(1).getFirst(), DIED);
    String first = submit("");
    String second = submit("");
    String later = submit(",\"delay\":60");
    assertEquals(List.of(first, second, later), listed("status=pending"));
    assertEquals(List.of(second, first, later), listed("status=pending&order=newest"));
    assertEquals(List.of(dead), listed("status=failed"));
    for (String wrong :
        List.of(
            "state=pending",
            "status=dead",
            "status=failed&state=dead",
            "order=oldest",
            "tag=a,b",
            "error=",
            "uniqueKey=")) {
      assertEquals(400, face.call("GET", "/tasks?" + wrong).statusCode(), wrong);
    }
    String answer = text(face.call("GET", "/tasks?state=pending"));
    assertTrue(answer.contains("send status"), answer);
    assertEquals(
        "{\"revived\":1,\"refused\":0,\"more\":false}",
        text(face.call("POST", "/tasks/retry?status=failed&error=NO")));
  }
}
