package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Claims.Recovered;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Cancelling a task wherever it stands, with all keys compared before and after.
class CancelScriptsIT extends OnOneRedis {
  private static final TaskOptions UNIQUE = TaskOptions.NONE.with(TaskOption.UNIQUE_KEY, "ab");

  private Cancellation cancel(String id) {
    return store.commands.cancel(id);
  }

  private void assertCancelledAlone(String id) {
    assertInstanceOf(TaskState.Cancelled.class, store.state(id));
    var before = server.snapshot();
    assertEquals(new Cancellation.Ended("cancelled"), cancel(id));
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_ready_task_is_cancelled_where_it_stands_and_dropped_by_a_claim() {
    submit("a", UNIQUE);
    store.submitAll(Priority.HIGH, "b");
    var before = server.snapshot();
    assertEquals(new Cancellation.Cancelled(StateName.READY), cancel("a"));
    var changed = changed(before);
    assertEquals(Set.of("cancelled", "stale", "task:a", "unique:ab"), changed.keySet());
    assertEquals("hash {high:default=1}", changed.get("stale"));
    assertEquals(null, changed.get("unique:ab"));
    assertTrue(changed.get("task:a").startsWith("string x" + "0".repeat(13)));
    assertCancelledAlone("a");
    assertEquals(1, store.queries.counts().ready().get(Priority.HIGH));
    assertEquals(List.of("b"), ids(store.claim(token, 5)));
    assertEquals(
        Set.of("cancelled", "leader", "occupied", "running", "task:a", "task:b"),
        Set.copyOf(server.snapshot().keySet().stream().map(k -> k.substring(12)).toList()));
  }

  @Test
  void a_cancelled_task_that_was_trimmed_is_dropped_from_its_list_and_its_count() {
    store.submitAll(Priority.LOW, "a", "b");
    cancel("a");
    store.jedis.zadd(NS + "cancelled", 1, "a");
    assertEquals(1, store.maintenance.clean(token, 10));
    assertEquals(1, store.queries.counts().ready().get(Priority.LOW));
    assertEquals(List.of("b"), ids(store.claim(token, 5)));
    assertEquals(
        Set.of("leader", "occupied", "running", "task:b"),
        Set.copyOf(server.snapshot().keySet().stream().map(k -> k.substring(12)).toList()));
  }

  @Test
  void a_scheduled_task_is_taken_out_of_the_index() {
    submit("a", UNIQUE.with(TaskOption.DELAY, Duration.ofHours(1)));
    var before = server.snapshot();
    assertEquals(new Cancellation.Cancelled(StateName.SCHEDULED), cancel("a"));
    assertEquals(Set.of("cancelled", "scheduled", "task:a", "unique:ab"), changed(before).keySet());
    assertCancelledAlone("a");
  }

  @Test
  void a_task_that_waits_to_be_tried_again_is_told_as_such() {
    get(store.claims.end(token, running("a", UNIQUE), again("no", Duration.ofHours(1))));
    assertEquals(new Cancellation.Cancelled(StateName.RETRYING), cancel("a"));
    assertEquals(new TaskState.Cancelled(Optional.empty(), finished("a")), store.state("a"));
    assertCancelledAlone("a");
  }

  private Instant finished(String id) {
    return ((TaskState.Cancelled) store.state(id)).finishedAt();
  }

  @Test
  void a_running_task_is_asked_for_and_the_leader_told() {
    AtomicInteger told = new AtomicInteger();
    store.on(Claims.Signal.CANCEL, told::incrementAndGet);
    Eventually.await("subscribed", () -> store.jedis.publish(NS + "cancel", "1") == 1);
    Eventually.await("heard", () -> told.get() > 0);
    Claim claim = running("a", UNIQUE);
    int heard = told.get();
    var before = server.snapshot();
    assertEquals(new Cancellation.Asked(), cancel("a"));
    assertEquals(Set.of("cancelling"), changed(before).keySet());
    Eventually.await("told", () -> told.get() > heard);
    var asked = server.snapshot();
    assertEquals(new Cancellation.Asked(), cancel("a"));
    assertEquals(List.of("a"), store.maintenance.cancelling(token));
    assertEquals(asked, server.snapshot());
    assertEquals(
        AttemptEnd.CANCELLED, get(store.claims.end(token, claim, new Outcome.Cancelled())));
    assertEquals(
        Set.of("cancelled", "cancelling", "running", "task:a", "unique:ab"),
        changed(asked).keySet());
    assertCancelledAlone("a");
    assertEquals(AttemptEnd.BEFORE, get(store.claims.end(token, claim, new Outcome.Cancelled())));
  }

  @Test
  void whoever_was_to_be_cancelled_and_ends_first_has_ended() {
    List<Outcome> ends = List.of(Outcome.SUCCESS, failed("no"), again("no", Duration.ofMinutes(1)));
    List<AttemptEnd> ended =
        ends.stream()
            .map(outcome -> {
              Claim claim = running("t" + ends.indexOf(outcome), UNIQUE);
              cancel(claim.id());
              return get(store.claims.end(token, claim, outcome));
            })
            .toList();
    assertEquals(
        List.of(AttemptEnd.COMPLETED, AttemptEnd.DEAD, AttemptEnd.CANCELLED),
        ended,
        "it is not tried again");
    assertEquals(Set.of(), store.jedis.keys(NS + "cancelling"));
    assertEquals(Set.of(), store.jedis.keys(NS + "unique:*"));
  }

  @Test
  void what_goes_back_or_is_recovered_while_it_is_to_be_cancelled_is_cancelled() {
    Claim front = running("a", UNIQUE);
    cancel("a");
    assertTrue(get(store.claims.requeue(token, front, Duration.ZERO)));
    assertCancelledAlone("a");
    Claim later = running("b", UNIQUE);
    cancel("b");
    assertTrue(get(store.claims.requeue(token, later, Duration.ofMinutes(1))));
    assertCancelledAlone("b");
    running("c", UNIQUE);
    cancel("c");
    token = store.lead(2000);
    assertEquals(new Recovered(0, 0, 1), store.claims.recover(token));
    assertCancelledAlone("c");
    assertEquals(
        Set.of("cancelled", "leader", "task:a", "task:b", "task:c", "attempts:c"),
        Set.copyOf(server.snapshot().keySet().stream().map(k -> k.substring(12)).toList()));
  }

  @Test
  void what_has_ended_or_is_unknown_is_not_cancelled() {
    get(store.claims.end(token, running("a", TaskOptions.NONE), Outcome.SUCCESS));
    get(store.claims.end(token, running("b", TaskOptions.NONE), failed("no")));
    submit("c", TaskOptions.NONE.with(TaskOption.EXPIRES_AT, java.time.Instant.ofEpochMilli(1)));
    store.claim(token, 1);
    var before = server.snapshot();
    assertEquals(new Cancellation.Ended("completed"), cancel("a"));
    assertEquals(new Cancellation.Ended("dead"), cancel("b"));
    assertEquals(new Cancellation.Ended("expired"), cancel("c"));
    assertEquals(new Cancellation.Unknown(), cancel("nobody"));
    assertEquals(before, server.snapshot());
  }

  @Test
  void an_order_to_cancel_whose_task_runs_no_more_is_forgotten() {
    running("a", TaskOptions.NONE);
    cancel("a");
    store.jedis.hset(NS + "cancelling", "gone", "1");
    assertEquals(List.of("a"), store.maintenance.cancelling(token));
    assertEquals(Set.of("a"), store.jedis.hkeys(NS + "cancelling"));
  }

  @Test
  void with_ageing_a_young_task_does_not_slip_in_behind_an_old_one_that_was_cancelled() {
    store.submitAll(Priority.LOW, "old", "young");
    store.submitAll(Priority.HIGH, "high");
    long hoursAgo = (redisMs() - Duration.ofHours(9).toMillis()) * 1000;
    store.jedis.setrange(NS + "task:old", 50, "%013x".formatted(hoursAgo));
    cancel("old");
    PriorityShares ageing = new PriorityShares(0, 0, 0, Duration.ofHours(1));
    assertEquals(
        List.of("high"), ids(store.claims.claim(token, store.nextSequence(), 1, ageing).claims()));
  }
}
