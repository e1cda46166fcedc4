package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Ends that are not the last word, and what is kept of a task beside its record: retries, trails,
/// results, retention, expiry, revival and callbacks, with all keys compared before and after.
class RetryScriptsIT extends OnOneRedis {
  private static final TaskOptions NONE = TaskOptions.NONE;

  private static TaskOptions calling(Callback.When when) {
    return NONE.with(TaskOption.CALLBACK_URL, "http://example.org/hook")
        .with(TaskOption.CALLBACK_ON, when);
  }

  private List<String> trail(String id) {
    return store.jedis.lrange(NS + "attempts:" + id, 0, -1);
  }

  @Test
  void a_failed_attempt_comes_due_after_its_delay_charged_and_noted() {
    Claim claim = running("a", NONE);
    var before = server.snapshot();
    assertEquals(
        AttemptEnd.RETRYING,
        get(store.claims.end(token, claim, again("no\nway", Duration.ofMinutes(5)))));
    var changed = changed(before);
    assertEquals(Set.of("running", "scheduled", "task:a", "attempts:a"), changed.keySet());
    assertEquals("0000010000000003e80001", store.jedis.getrange(NS + "task:a", 27, 48));
    assertTrue(changed.get("task:a").endsWith("log\n{\"id\":\"a\",\n\t\"x\":1}"), "no error yet");
    assertDue("a", Duration.ofMinutes(5));
    assertInstanceOf(TaskState.Retrying.class, store.state("a"));
    String line = trail("a").getFirst();
    assertTrue(line.matches("000001 0000000003e8 \\p{XDigit}{13} \\p{XDigit}{13} f no way"), line);
  }

  @Test
  void a_retry_that_comes_again_or_late_changes_nothing() {
    Claim claim = running("a", NONE);
    get(store.claims.end(token, claim, again("no", Duration.ofMinutes(5))));
    var before = server.snapshot();
    assertEquals(
        AttemptEnd.BEFORE, get(store.claims.end(token, claim, again("no", Duration.ofMinutes(5)))));
    assertEquals(AttemptEnd.BEFORE, get(store.claims.end(token, claim, Outcome.SUCCESS)));
    assertEquals(before, server.snapshot());
    store.jedis.zadd(NS + "scheduled", 1, "a");
    store.maintenance.promote(token, 10);
    assertEquals(2, store.claimOne(token).attempt());
    var running = server.snapshot();
    assertEquals(
        AttemptEnd.BEFORE, get(store.claims.end(token, claim, again("no", Duration.ofMinutes(5)))));
    assertEquals(running, server.snapshot());
  }

  @Test
  void an_attempt_that_went_back_is_not_taken_for_one_that_failed() {
    Claim claim = running("a", NONE);
    get(store.claims.requeue(token, claim, Duration.ZERO));
    var before = server.snapshot();
    assertEquals(
        AttemptEnd.REFUSED,
        get(store.claims.end(token, claim, again("no", Duration.ofMinutes(5)))));
    assertEquals(before, server.snapshot());
  }

  @Test
  void under_a_fence_that_was_taken_over_nothing_is_tried_again() {
    Claim claim = running("a", NONE);
    FencingToken old = token;
    succeed();
    var before = server.snapshot();
    assertThrows(
        StoreException.Fenced.class,
        () -> get(store.claims.end(old, claim, again("no", Duration.ofMinutes(5)))));
    assertEquals(
        AttemptEnd.REFUSED,
        get(store.claims.end(token, claim, again("no", Duration.ofMinutes(5)))),
        "it was lost, which is another end");
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_trail_keeps_the_newest_twenty() {
    submit("a", NONE);
    for (int i = 1; i <= 27; i++) {
      get(store.claims.end(token, store.claimOne(token), again("no " + i, Duration.ofHours(1))));
      store.jedis.zadd(NS + "scheduled", 1, "a");
      store.maintenance.promote(token, 1);
    }
    List<String> trail = trail("a");
    assertEquals(20, trail.size());
    assertTrue(trail.getFirst().startsWith("000008 ") && trail.getFirst().endsWith(" f no 8"));
    assertTrue(trail.getLast().startsWith("00001b ") && trail.getLast().endsWith(" f no 27"));
    get(
        store.claims.end(
            token,
            store.claimOne(token),
            new Outcome.Success("[1]".getBytes(StandardCharsets.UTF_8))));
    assertEquals("=[1]", trail("a").getLast());
  }

  @Test
  void a_tasks_own_limit_decides_when_its_leaders_are_lost() {
    running("a", NONE.with(TaskOption.MAX_ATTEMPTS, 1));
    succeed();
    assertInstanceOf(TaskState.Dead.class, store.state("a"));
    running("b", NONE.with(TaskOption.MAX_ATTEMPTS, 4));
    succeed();
    store.claimOne(token);
    succeed();
    store.jedis.zadd(NS + "scheduled", 1, "b");
    store.maintenance.promote(token, 1);
    store.claimOne(token);
    succeed();
    assertInstanceOf(TaskState.Retrying.class, store.state("b"), "the third of four");
    assertDue("b", Duration.ofSeconds(10));
  }

  @Test
  void a_result_and_a_retention_of_its_own_are_kept_until_they_are_over() {
    Claim claim = running("a", NONE.with(TaskOption.RETENTION, Duration.ofMinutes(3)));
    var before = server.snapshot();
    byte[] result = "{\"a\":\n1}".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        AttemptEnd.COMPLETED, get(store.claims.end(token, claim, new Outcome.Success(result))));
    var changed = changed(before);
    assertEquals(Set.of("running", "retained", "task:a", "attempts:a"), changed.keySet());
    assertEquals("list [={\"a\":\n1}]", changed.get("attempts:a"));
    double left = store.jedis.zscore(NS + "retained", "a") - redisMs();
    assertTrue(left <= 180_000 && left > 175_000, "removed in " + left);
    assertEquals(0, store.maintenance.clean(token, 10));
    store.jedis.zadd(NS + "retained", redisMs() - 1, "a");
    assertEquals(1, store.maintenance.clean(token, 10));
    assertEquals(Set.of(NS + "leader"), server.snapshot().keySet());
  }

  @Test
  void kept_results_and_what_ended_badly_are_bounded_by_count_each() {
    try (StoreOnRedis few =
        new StoreOnRedis(server, new TaskLimits(100, 3, Duration.ofHours(1), 2, 1))) {
      for (int i = 0; i < 4; i++) {
        get(
            few.claims.end(
                token,
                running("k" + i, NONE.with(TaskOption.RETENTION, Duration.ofDays(1))),
                Outcome.SUCCESS));
        store.jedis.zadd(NS + "retained", redisMs() + 60_000 + i, "k" + i);
        submit("e" + i, NONE.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1)));
        assertEquals(List.of(), store.claim(token, 1));
        store.jedis.zadd(NS + "expired", redisMs() - 1000 + i, "e" + i);
        submit("x" + i, NONE.with(TaskOption.DELAY, Duration.ofHours(1)));
        store.commands.cancel("x" + i);
        store.jedis.zadd(NS + "cancelled", redisMs() - 1000 + i, "x" + i);
      }
      assertEquals(7, few.maintenance.clean(token, 500));
      assertEquals(List.of("k2", "k3"), store.jedis.zrange(NS + "retained", 0, -1));
      assertEquals(List.of("e3"), store.jedis.zrange(NS + "expired", 0, -1));
      assertEquals(List.of("x2", "x3"), store.jedis.zrange(NS + "cancelled", 0, -1));
      assertEquals(5, store.jedis.keys(NS + "task:*").size());
    }
  }

  @Test
  void a_task_whose_time_is_over_never_starts_and_calls_back_at_once() {
    submit(
        "a",
        calling(Callback.When.FAILURE)
            .with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(redisMs() - 1)));
    submit("b", NONE.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(redisMs() + 600_000)));
    store.submit("c", dev.taskscheduler.task.Priority.LOW);
    var before = server.snapshot();
    var claimed = store.claims.claim(token, store.nextSequence(), 10, PriorityShares.STRICT);
    assertEquals(List.of("b", "c"), StoreOnRedis.ids(claimed.claims()));
    assertEquals(1, claimed.expired());
    assertTrue(claimed.more(), "its callback is ready, and the claim took less than it might");
    var changed = changed(before);
    String callback =
        changed.keySet().stream()
            .filter(k -> k.matches("task:.{8}-.{4}-.*"))
            .findFirst()
            .orElse("none");
    assertEquals(
        Set.of(
            "expired",
            "ready:high:callback",
            "ready:high:default",
            "ready:low:default",
            "running",
            "task:a",
            callback),
        changed.keySet());
    assertTrue(
        changed
            .get("task:a")
            .endsWith(
                "log x="
                    + xOf("a")
                    + " c=http://example.org/hook o=f\tit could not start"
                    + " before expiresAt\n{\"id\":\"a\",\n\t\"x\":1}"),
        changed.get("task:a"));
    assertTrue(
        changed
            .get(callback)
            .contains("callback q=callback\n{\"task\":\"a\",\"url\":\"http://example.org/hook\","));
    assertInstanceOf(TaskState.Expired.class, store.state("a"));
    assertEquals("callback", store.claimOne(token).type());
  }

  private String xOf(String id) {
    return store.jedis.get(NS + "task:" + id).replaceFirst("(?s).* x=(\\d+) .*", "$1");
  }

  @Test
  void a_callback_is_made_in_the_same_step_as_the_end_it_tells_of_and_once() {
    String parent = "01a209ff-a591-78fb-9987-246314d4b34c";
    Claim claim = running(parent, calling(Callback.When.SUCCESS));
    var before = server.snapshot();
    assertEquals(AttemptEnd.COMPLETED, get(store.claims.end(token, claim, Outcome.SUCCESS)));
    String child = store.jedis.lrange(NS + "ready:high:callback", 0, -1).getFirst();
    assertTrue(child.matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-9987-246314d4b34c"), child);
    long ms = Long.parseLong(child.substring(0, 13).replace("-", ""), 16);
    assertTrue(ms <= redisMs() && ms > redisMs() - 10_000, "its id tells the time: " + ms);
    assertEquals(
        Set.of("running", "done", "task:" + parent, "task:" + child, "ready:high:callback"),
        changed(before).keySet());
    var made = server.snapshot();
    assertEquals(AttemptEnd.BEFORE, get(store.claims.end(token, claim, Outcome.SUCCESS)));
    assertEquals(made, server.snapshot());
    Claim call = store.claimOne(token);
    assertTrue(
        new String(call.payload(), StandardCharsets.UTF_8)
            .startsWith("{\"task\":\"" + parent + "\",\"url\":\"http://example.org/hook\","));
    get(store.claims.end(token, call, Outcome.SUCCESS));
    assertEquals(List.of(), store.claim(token, 5), "a callback calls nobody");
  }

  @Test
  void nobody_is_called_upon_an_end_of_another_kind() {
    List<String> ended = new ArrayList<>();
    for (Callback.When when : Callback.When.values()) {
      for (Outcome outcome : List.of(Outcome.SUCCESS, failed("no"), new Outcome.Cancelled())) {
        get(store.claims.end(token, running("t" + ended.size(), calling(when)), outcome));
        long calls = store.claim(token, 5).size();
        ended.add(when + " " + calls);
      }
    }
    assertEquals(
        List.of(
            "SUCCESS 1",
            "SUCCESS 0",
            "SUCCESS 0",
            "FAILURE 0",
            "FAILURE 1",
            "FAILURE 0",
            "BOTH 1",
            "BOTH 1",
            "BOTH 0"),
        ended);
  }

  @Test
  void what_is_revived_has_its_attempts_behind_it_and_a_new_life_before_it() {
    Claim claim = running("a", NONE.with(TaskOption.TIMEOUT, Duration.ofSeconds(7)));
    get(store.claims.end(token, claim, failed("no")));
    submit(
        "b",
        NONE.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1))
            .with(TaskOption.TIMEOUT, Duration.ofSeconds(8)));
    store.claim(token, 1);
    get(store.claims.end(token, running("c", NONE), Outcome.SUCCESS));
    store.submit("d", dev.taskscheduler.task.Priority.HIGH);
    var before = server.snapshot();
    List<String> ids = List.of("a", "b", "c", "d", "nobody", "a");
    assertEquals(
        List.of(
            RetryResult.RETRIED,
            RetryResult.RETRIED,
            RetryResult.COMPLETED,
            RetryResult.PENDING,
            RetryResult.UNKNOWN,
            RetryResult.PENDING),
        store.commands.retry(ids));
    var changed = changed(before);
    assertEquals(
        Set.of("dead", "expired", "task:a", "task:b", "ready:high:default"), changed.keySet());
    assertEquals("list [b, a, d]", changed.get("ready:high:default"), "at the back");
    String zeros = "0".repeat(26);
    assertTrue(changed.get("task:a").startsWith("string w" + zeros + "0000010000000003e80000h"));
    assertTrue(changed.get("task:a").endsWith("log t=7000\n{\"id\":\"a\",\n\t\"x\":1}"));
    assertTrue(changed.get("task:b").endsWith("log t=8000\n{\"id\":\"b\",\n\t\"x\":1}"));
    var revived = server.snapshot();
    store.commands.retry(ids);
    assertEquals(revived, server.snapshot());
    List<Claim> claims = store.claim(token, 3);
    assertEquals(List.of("d#1", "a#2", "b#1"), StoreOnRedis.idsAndAttempts(claims));
    assertEquals(0, claims.get(1).charged());
  }

  @Test
  void no_more_are_revived_than_may_be_pending() {
    try (StoreOnRedis small =
        new StoreOnRedis(server, new TaskLimits(3, 3, Duration.ofHours(1), 100, 100))) {
      for (String id : List.of("a", "b", "c")) {
        get(small.claims.end(token, running(id, NONE), failed("no")));
      }
      running("r", NONE);
      submit("s", NONE.with(TaskOption.QUEUE, "other"));
      small.queues.pause("other", "");
      assertEquals(List.of(), store.claim(token, 1), "paused, and pending all the same");
      assertEquals(
          List.of(RetryResult.RETRIED, RetryResult.QUEUE_FULL),
          small.commands.retry(List.of("a", "b")));
      small.commands.cancel("a");
      assertEquals(
          List.of(RetryResult.RETRIED),
          small.commands.retry(List.of("b")),
          "what is cancelled is not pending, though it stands in its list");
    }
  }

  @Test
  void a_record_that_was_cut_in_its_options_is_unknown_to_a_retry() {
    submit("a", NONE);
    String record = store.jedis.get(NS + "task:a");
    store.jedis.set(NS + "task:a", "d" + record.substring(1, 63) + "log q=mails");
    assertEquals(List.of(RetryResult.UNKNOWN), store.commands.retry(List.of("a")));
  }
}
