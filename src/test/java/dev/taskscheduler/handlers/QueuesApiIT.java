package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Queues over HTTP on a real Redis, with a leader whose calls the test makes itself; every answer
/// is held against the document.
@Timeout(120)
class QueuesApiIT extends FaceAndLeader {
  private String submit(String queue) throws Exception {
    return id(face.post("/submit", "{\"payload\":1,\"queue\":\"" + queue + "\"}"));
  }

  @Test
  void settings_are_kept_and_the_most_specific_is_in_effect() throws Exception {
    assertEquals(
        200, put("/queues/tenant-*", "{\"concurrency\":5,\"rate\":\"100/PT1M\"}").statusCode());
    assertEquals(200, put("/queues/tenant-7", "{\"concurrency\":2}").statusCode());
    assertEquals(400, put("/queues/tenant-7", "{\"burst\":2,\"x\":1}").statusCode());
    String shown = get("/queues/tenant-7");
    assertTrue(shown.contains("\"concurrency\":{\"value\":2,\"from\":\"tenant-7\"}"), shown);
    assertTrue(shown.contains("\"rate\":{\"value\":\"100/PT1M\",\"from\":\"tenant-*\"}"), shown);
    assertTrue(get("/queues/tenant-%2A").contains("\"concurrency\":5"));
    assertEquals(get("/queues/tenant-*"), get("/queues/tenant-%2a"));
    String listed = get("/queues");
    assertTrue(listed.contains("\"name\":\"tenant-7\""), listed);
    assertTrue(listed.contains("\"patterns\":[{\"name\":\"tenant-*\""), listed);
    assertEquals(200, face.call("DELETE", "/queues/tenant-7").statusCode());
    assertEquals(404, face.call("DELETE", "/queues/tenant-7").statusCode());
    assertEquals(200, face.call("DELETE", "/queues/tenant-%2A").statusCode());
    assertEquals(404, face.call("GET", "/queues/tenant-*").statusCode());
  }

  @Test
  void a_task_has_its_queue_in_every_answer_and_filter() throws Exception {
    String id = submit("mails:eu");
    String other = id(face.post("/submit", "{\"payload\":1}"));
    assertTrue(get("/status?id=" + id).contains("\"queue\":\"mails:eu\""));
    assertTrue(get("/tasks/" + other).contains("\"queue\":\"default\""));
    String listed = get("/tasks?queue=mails:eu");
    assertTrue(listed.contains(id) && !listed.contains(other), listed);
    assertEquals(400, face.post("/submit", "{\"payload\":1,\"queue\":\"a b\"}").statusCode());
    String queue = get("/queues/mails%3Aeu");
    assertTrue(queue.contains("\"ready\":{\"high\":0,\"medium\":1,\"low\":0}"), queue);
    assertTrue(queue.contains("\"oldestSubmittedAt\""), queue);
  }

  @Test
  void a_paused_queue_does_not_start_and_says_why() throws Exception {
    String id = submit("mails");
    var paused = face.post("/queues/m*/pause", "{\"note\":\"they move\"}");
    assertEquals(200, paused.statusCode(), text(paused));
    assertEquals(List.of(), claim(5));
    face.leader.ledBy("node1", true);
    String why = get("/tasks/" + id + "/explain");
    assertTrue(why.contains("\"reason\":\"queue-paused\""), why);
    assertTrue(why.contains("they move"), why);
    assertTrue(get("/queues/mails").contains("\"paused\":{\"from\":\"m*\""));
    assertTrue(get("/pause").contains("\"queue\":\"m*\""));
    assertTrue(text(face.call("POST", "/queues/mails/resume")).contains("\"resumed\":true"));
    assertEquals(1, claim(5).size());
    assertEquals(200, face.call("POST", "/queues/m*/resume").statusCode());
    assertEquals("{\"paused\":[]}", get("/pause"));
  }

  @Test
  void a_queue_at_its_limit_says_so_and_goes_on_when_a_task_ends() throws Exception {
    put("/queues/tenant-1", "{\"concurrency\":1}");
    submit("tenant-1");
    String second = submit("tenant-1");
    List<Claim> claims = claim(5);
    assertEquals(1, claims.size());
    face.leader.ledBy("node1", true);
    String why = get("/tasks/" + second + "/explain");
    assertTrue(why.contains("\"reason\":\"at-concurrency\""), why);
    assertTrue(why.contains("\"limit\":1,\"running\":1"), why);
    assertTrue(get("/queues/tenant-1").contains("\"blocked\":{\"reason\":\"at-concurrency\""));
    end(claims.getFirst(), Outcome.SUCCESS);
    assertEquals(1, claim(5).size());
  }

  @Test
  void waiting_tasks_are_cancelled_with_their_queue_and_others_stay() throws Exception {
    put("/queues/old", "{\"weight\":2}");
    for (int i = 0; i < 30; i++) {
      submit("old");
    }
    id(face.post("/submit", "{\"payload\":1,\"queue\":\"old\",\"delay\":60}"));
    String other = submit("new");
    String answer = text(face.call("DELETE", "/queues/old?tasks=cancel"));
    assertEquals(
        "{\"name\":\"old\",\"deleted\":true,\"cancelled\":31,\"cancelling\":0,\"more\":false}",
        answer);
    assertState("ready", other);
    String left = get("/queues/old");
    assertTrue(left.contains("\"ready\":{\"high\":0,\"medium\":0,\"low\":0}"), left);
    assertTrue(left.endsWith("\"settings\":{},\"effective\":{}}"), left);
  }

  @Test
  void queues_are_listed_in_each_order_page_by_page() throws Exception {
    for (String queue : List.of("a", "b", "b", "c", "c", "c")) {
      submit(queue);
    }
    String most = get("/queues?sort=ready&limit=1");
    assertTrue(most.startsWith("{\"queues\":[{\"name\":\"c\""), most);
    String next = most.replaceAll(".*\"next\":\"([^\"]+)\".*", "$1");
    String second = get("/queues?sort=ready&limit=1&cursor=" + next);
    assertTrue(second.startsWith("{\"queues\":[{\"name\":\"b\""), second);
    assertTrue(get("/queues?sort=oldest").startsWith("{\"queues\":[{\"name\":\"a\""));
    assertTrue(get("/queues").startsWith("{\"queues\":[{\"name\":\"a\""));
    assertEquals(400, face.call("GET", "/queues?sort=name&cursor=" + next).statusCode());
  }

  @Test
  void names_that_are_none_and_bodies_that_are_not_understood_change_nothing() throws Exception {
    assertEquals(400, put("/queues/a*b", "{}").statusCode());
    for (String path :
        List.of("/queues/a%2Fb", "/queues/%2E%2E", "/queues/..", "/tasks/%2A", "/%2A/queues/x")) {
      assertEquals(400, face.call("GET", path).statusCode(), path);
    }
    assertEquals(
        415, face.post("/queues/q/pause", "{}".getBytes(UTF_8), "text/plain").statusCode());
    assertEquals(400, face.post("/queues/q/pause", "{\"why\":1}").statusCode());
    assertEquals(405, face.call("POST", "/queues/q").statusCode());
    assertFalse(get("/queues").contains("\"q\""));
  }
}
