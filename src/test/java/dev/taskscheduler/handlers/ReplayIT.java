package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Submissions that are sent again under their `Idempotency-Key`, and those that are to be more
/// durable than Redis's memory: over HTTP on a real Redis.
@Timeout(120)
class ReplayIT extends FaceAndLeader {
  private static final String UNIQUE = "{\"payload\":1,\"uniqueKey\":\"order-1\"}";
  private static final String REPLICA = "{\"payload\":1,\"durability\":\"replica\"}";

  private static HttpResponse<byte[]> once(String key, String body) throws Exception {
    return face.post("/submit", body, "Idempotency-Key", key);
  }

  private static void assertSame(HttpResponse<byte[]> first, HttpResponse<byte[]> again) {
    assertEquals(first.statusCode(), again.statusCode());
    assertEquals(text(first), text(again));
    assertEquals(first.headers().firstValue("location"), again.headers().firstValue("location"));
  }

  @Test
  void a_duplicate_is_answered_as_one_again_after_its_holder_has_ended() throws Exception {
    String holder = id(face.post("/submit", UNIQUE));
    var first = once("d-1", UNIQUE);
    assertEquals(200, first.statusCode());
    assertEquals(holder, id(first));
    end(claim(1).getFirst(), Outcome.SUCCESS);
    assertSame(first, once("d-1", UNIQUE));
    assertEquals(List.of(), claim(9), "nothing was kept");
    var other = once("d-1", "{\"payload\":2}");
    assertEquals(422, other.statusCode());
    assertTrue(text(other).contains("idempotency-key-reused"), text(other));
    assertEquals(202, once("d-2", UNIQUE).statusCode());
  }

  @Test
  void a_duplicate_in_a_batch_is_answered_as_one_again() throws Exception {
    face.post("/submit", UNIQUE);
    String batch = "[" + UNIQUE + ",{\"payload\":2}]";
    var first = face.post("/submit/batch", batch, "Idempotency-Key", "b-1");
    assertTrue(text(first).endsWith("\"accepted\":1,\"duplicates\":1,\"refused\":0}"), text(first));
    claim(9).forEach(claim -> end(claim, Outcome.SUCCESS));
    assertSame(first, face.post("/submit/batch", batch, "Idempotency-Key", "b-1"));
    assertEquals(List.of(), claim(9), "nothing was kept");
  }

  @Test
  void of_two_under_one_key_at_once_one_is_told_to_come_later() throws Exception {
    face.redisServer.pause(); // the first to come waits for its answer
    List<CompletableFuture<HttpResponse<byte[]>>> both;
    try {
      both = Stream.of(1, 2).map(i -> send("k-1")).toList();
      var conflict =
          (HttpResponse<?>) CompletableFuture.anyOf(both.toArray(CompletableFuture[]::new)).join();
      assertEquals(409, conflict.statusCode());
      assertEquals("1", conflict.headers().firstValue("retry-after").orElseThrow());
    } finally {
      face.redisServer.resume();
    }
    List<Integer> statuses = both.stream().map(one -> one.join().statusCode()).sorted().toList();
    assertEquals(List.of(202, 409), statuses);
    assertEquals(202, once("k-1", "{\"payload\":1}").statusCode(), "later");
    assertEquals(1, claim(9).size());
  }

  private static CompletableFuture<HttpResponse<byte[]>> send(String key) {
    return face.client.sendAsync(
        HttpRequest.newBuilder(face.uri("/submit"))
            .POST(BodyPublishers.ofString("{\"payload\":1}"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .build(),
        BodyHandlers.ofByteArray());
  }

  @Test
  void a_durability_that_redis_cannot_give_is_refused() throws Exception {
    Eventually.await("no replica is known", () -> health().contains("\"replicas\":0"));
    var answer = once("n-1", REPLICA);
    assertEquals(422, answer.statusCode());
    assertTrue(text(answer).contains("durability-unavailable"), text(answer));
    assertEquals(List.of(), claim(9));
    assertEquals(202, once("n-1", "{\"payload\":1}").statusCode(), "it left no key");
  }

  @Test
  void what_was_reached_is_told_at_first_and_when_it_is_sent_again() throws Exception {
    String batch = "[" + REPLICA + ",{\"payload\":2}]";
    try (RedisServer replica = RedisServer.replicaOf(face.redisServer)) {
      Eventually.await("it is connected", () -> health().contains("\"replicas\":1"));
      var first = once("r-1", REPLICA);
      assertTrue(text(first).endsWith(",\"durability\":\"replica\"}"), text(first));
      assertSame(first, once("r-1", REPLICA));
      var several = face.post("/submit/batch", batch, "Idempotency-Key", "r-2");
      assertEquals(1, text(several).split("\"durability\":\"replica\"", -1).length - 1);
      assertSame(several, face.post("/submit/batch", batch, "Idempotency-Key", "r-2"));
      assertFalse(text(face.post("/submit", "{\"payload\":1}")).contains("durability"));
      replica.pause();
      var late = once("r-3", REPLICA);
      assertTrue(text(late).endsWith(",\"durability\":\"memory\"}"), text(late));
      assertSame(late, once("r-3", REPLICA));
      assertTrue(
          text(face.post("/submit/batch", batch)).contains("\"durability\":\"memory\""),
          "not less");
      replica.resume();
      Eventually.await(
          "it has caught up", () -> textOf("r-3").endsWith(",\"durability\":\"replica\"}"));
    }
  }

  private static String textOf(String key) {
    return callUnchecked(() -> text(once(key, REPLICA)));
  }

  private static String health() {
    return callUnchecked(() -> text(face.call("GET", "/health")));
  }

  private static String callUnchecked(Callable<String> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
