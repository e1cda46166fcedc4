package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.idsAndAttempts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.ScriptArgs;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Ending and putting back, with all keys compared before and after.
class EndScriptsIT extends OnOneRedis {
  private static final String T = "{scheduler}:task:";

  private String ready(String priority) {
    return store.jedis.lrange("{scheduler}:ready:" + priority + ":default", 0, -1).toString();
  }

  @Test
  void an_end_completes_the_record_in_place() {
    store.submitAll(Priority.HIGH, "a", "b");
    List<Claim> claims = store.claim(token, 2);
    var before = server.snapshot();
    assertEquals(
        AttemptEnd.COMPLETED, get(store.claims.end(token, claims.getFirst(), Outcome.SUCCESS)));
    var changed = changed(before);
    assertEquals(Set.of("running", "task:a", "done"), changed.keySet());
    assertEquals("list [a]", changed.get("done"));
    assertTrue(changed.get("task:a").startsWith("string c"));
    assertTrue(changed.get("task:a").endsWith("log\n{\"id\":\"a\",\n\t\"x\":1}"));
    var completed = assertInstanceOf(TaskState.Completed.class, store.state("a"));
    assertFalse(completed.finishedAt().isBefore(completed.startedAt()));
  }

  @Test
  void a_failure_buries_the_task_with_its_error_and_its_payload() {
    store.submit("a", Priority.HIGH);
    Claim claim = store.claimOne(token);
    var before = server.snapshot();
    assertEquals(AttemptEnd.DEAD, get(store.claims.end(token, claim, failed("no\nway\t漢"))));
    var changed = changed(before);
    assertEquals(List.of("attempts:a", "dead", "running", "task:a"), List.copyOf(changed.keySet()));
    assertTrue(changed.get("task:a").endsWith("log\tno way 漢\n{\"id\":\"a\",\n\t\"x\":1}"));
    assertEquals("no way 漢", ((TaskState.Dead) store.state("a")).error());
  }

  @Test
  void an_end_that_comes_again_changes_nothing_and_is_answered_the_same() {
    store.submitAll(Priority.HIGH, "a", "b");
    Claim a = store.claimOne(token);
    Claim b = store.claimOne(token);
    assertEquals(AttemptEnd.COMPLETED, get(store.claims.end(token, a, Outcome.SUCCESS)));
    assertEquals(AttemptEnd.DEAD, get(store.claims.end(token, b, failed("no"))));
    var before = server.snapshot();
    assertEquals(AttemptEnd.BEFORE, get(store.claims.end(token, a, Outcome.SUCCESS)));
    assertEquals(AttemptEnd.BEFORE, get(store.claims.end(token, b, failed("other"))));
    assertEquals(before, server.snapshot());
  }

  @Test
  void an_end_named_twice_in_one_call_is_recorded_once() {
    store.submitAll(Priority.HIGH, "a", "b");
    List<Claim> claims = store.claim(token, 2);
    assertEquals(2, claims.size());
    assertEquals(
        List.of("completed", "dead", "before", "refused"),
        endInOneCall(
            "a 000001 completed",
            "b 000001 dead failed - no",
            "a 000001 completed",
            "b 000002 completed"));
    assertEquals(List.of("a"), store.jedis.lrange("{scheduler}:done", 0, -1));
  }

  @Test
  void of_the_ends_in_one_call_only_the_one_whose_record_was_removed_leaves_nothing() {
    store.submitAll(Priority.HIGH, "a", "b");
    store.claim(token, 2);
    store.jedis.del(T + "a");
    endInOneCall("a 000001 completed", "b 000001 completed");
    assertEquals(List.of("b"), store.jedis.lrange("{scheduler}:done", 0, -1));
    assertFalse(store.jedis.exists(T + "a"));
    assertInstanceOf(TaskState.Completed.class, store.state("b"));
  }

  private List<String> endInOneCall(String... ends) {
    List<byte[]> args = arguments();
    for (String one : ends) {
      String[] parts = one.split(" ", 3);
      args.addAll(List.of(bytes(parts[0]), bytes(parts[1]), bytes(parts[2])));
    }
    List<byte[]> scriptKeys = List.of(store.namespace.key("leader"));
    var answer =
        (List<?>) store.redis.eval(LuaScript.load(RedisTasks.class, "end"), scriptKeys, args);
    return answer.stream().map(letter -> new String((byte[]) letter, UTF_8)).toList();
  }

  /// What calls of a leader begin with.
  private List<byte[]> arguments() {
    return new ArrayList<>(List.of(bytes(token.toString())));
  }

  private static byte[] bytes(String text) {
    return ScriptArgs.bytes(text);
  }

  @Test
  void an_end_of_another_attempt_is_refused() {
    store.submit("a", Priority.HIGH);
    Claim first = store.claimOne(token);
    get(store.claims.requeue(token, first, Duration.ZERO));
    Claim second = store.claimOne(token);
    assertEquals(2, second.attempt());
    var before = server.snapshot();
    assertEquals(AttemptEnd.REFUSED, get(store.claims.end(token, first, Outcome.SUCCESS)));
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_requeue_puts_back_to_the_front_uncharged_and_in_order() {
    store.submitAll(Priority.HIGH, "a", "b", "c", "d");
    List<Claim> claims = store.claim(token, 3);
    var before = server.snapshot();
    claims.reversed().stream()
        .map(c -> store.claims.requeue(token, c, Duration.ZERO))
        .toList()
        .forEach(f -> assertTrue(get(f)));
    var changed = changed(before);
    assertEquals("list [d, c, b, a]", changed.get("ready:high:default"));
    assertEquals(null, changed.get("running"));
    assertEquals(
        "0000010000000003e80000", store.jedis.getrange(T + "a", 27, 48), "one start, none charged");
    assertEquals(List.of("a#2", "b#2", "c#2", "d#1"), idsAndAttempts(store.claim(token, 9)));
  }

  @Test
  void a_requeue_with_a_delay_comes_due_later() {
    store.submit("a", Priority.LOW);
    Claim claim = store.claimOne(token);
    var before = server.snapshot();
    assertTrue(get(store.claims.requeue(token, claim, Duration.ofMinutes(5))));
    assertEquals(Set.of("running", "scheduled", "task:a"), changed(before).keySet());
    var due = ((TaskState.Scheduled) store.state("a")).dueAt();
    assertTrue(Duration.between(claim.claimedAt(), due).compareTo(Duration.ofMinutes(5)) >= 0);
    assertEquals(List.of(), store.claim(token, 1));
  }

  @Test
  void a_requeue_that_comes_again_changes_nothing_and_is_answered_the_same() {
    store.submitAll(Priority.HIGH, "a", "b");
    Claim claim = store.claimOne(token);
    assertTrue(get(store.claims.requeue(token, claim, Duration.ZERO)));
    var before = server.snapshot();
    assertTrue(get(store.claims.requeue(token, claim, Duration.ZERO)));
    assertEquals(before, server.snapshot());
    store.claimOne(token);
    var running = server.snapshot();
    assertTrue(get(store.claims.requeue(token, claim, Duration.ZERO)), "that attempt went back");
    assertEquals(running, server.snapshot());
  }

  @Test
  void a_requeue_named_twice_in_one_call_puts_back_once() {
    store.submit("a", Priority.HIGH);
    store.claimOne(token);
    List<byte[]> args = arguments();
    for (String word : List.of("a", "000001", "0", "a", "000001", "0")) {
      args.add(bytes(word));
    }
    Object answer =
        store.redis.eval(
            LuaScript.load(RedisTasks.class, "requeue"),
            List.of(store.namespace.key("leader")),
            args);
    assertEquals(List.of(1L, 1L), answer);
    assertEquals("[a]", ready("high"));
  }

  @Test
  void a_requeue_after_the_end_is_refused() {
    store.submit("a", Priority.HIGH);
    Claim claim = store.claimOne(token);
    get(store.claims.end(token, claim, Outcome.SUCCESS));
    var before = server.snapshot();
    assertFalse(get(store.claims.requeue(token, claim, Duration.ZERO)));
    assertFalse(get(store.claims.requeue(token, claim, Duration.ofSeconds(1))));
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_record_removed_by_hand_takes_its_task_along_and_leaves_nothing_half() {
    store.submitAll(Priority.HIGH, "a", "b", "c", "d");
    List<Claim> claims = store.claim(token, 4);
    store.jedis.del(T + "a", T + "b", T + "c", T + "d");
    get(store.claims.end(token, claims.get(0), Outcome.SUCCESS));
    get(store.claims.end(token, claims.get(1), failed("no")));
    get(store.claims.requeue(token, claims.get(2), Duration.ZERO));
    get(store.claims.requeue(token, claims.get(3), Duration.ofSeconds(1)));
    assertEquals(Set.of("{scheduler}:leader"), server.snapshot().keySet());
  }
}
