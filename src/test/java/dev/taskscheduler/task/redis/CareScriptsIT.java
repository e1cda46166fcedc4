package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.idsAndAttempts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Claims.Recovered;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskMaintenance.Promoted;
import dev.taskscheduler.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Recovery, promotion, retention and questions.
class CareScriptsIT extends OnOneRedis {

  private Recovered crashOf(String... ids) {
    List<Claim> claims = store.claim(token, ids.length);
    assertEquals(Set.of(ids), Set.copyOf(StoreOnRedis.ids(claims)));
    token = store.lead(token.epoch() + 1);
    return store.claims.recover(token);
  }

  @Test
  void after_a_first_crash_tasks_are_at_the_front_of_their_queues_in_their_order() {
    store.submitAll(Priority.HIGH, "a1", "a2", "a3", "a4");
    store.submitAll(Priority.LOW, "b1", "b2");
    List<Claim> lost = store.claim(token, 3);
    assertEquals(3, lost.size());
    token = store.lead(1001);
    assertEquals(new Recovered(3, 0, 0), store.claims.recover(token));
    assertEquals(
        List.of("a4", "a3", "a2", "a1"), store.jedis.lrange(NS + "ready:high:default", 0, -1));
    assertEquals(
        "0000010000000003e80001", store.jedis.getrange(NS + "task:a1", 27, 48), "started, charged");
    var recovered = server.snapshot();
    assertEquals(new Recovered(0, 0, 0), store.claims.recover(token), "again: nothing left");
    assertEquals(recovered, server.snapshot());
    assertEquals(List.of("a1#2", "a2#2"), idsAndAttempts(store.claim(token, 2)));
  }

  @Test
  void from_the_second_crash_on_a_task_is_delayed_and_then_dead() {
    store.submitAll(Priority.HIGH, "a");
    assertEquals(new Recovered(1, 0, 0), crashOf("a"));
    long before = redisMs();
    assertEquals(new Recovered(1, 0, 0), crashOf("a"));
    double due = store.jedis.zscore(NS + "scheduled", "a");
    assertTrue(due >= before + 5000 && due <= redisMs() + 5000, "delayed by five seconds: " + due);
    store.jedis.zadd(NS + "scheduled", 1, "a");
    store.maintenance.promote(token, 1);
    assertEquals(new Recovered(0, 1, 0), crashOf("a"));
    var dead = assertInstanceOf(TaskState.Dead.class, store.state("a"));
    assertEquals("its leader was lost while it ran", dead.error());
    assertEquals(3, store.queries.find("a").orElseThrow().attempts());
    assertTrue(
        store.jedis.get(NS + "task:a").endsWith("ran\n{\"id\":\"a\",\n\t\"x\":1}"),
        "its payload is kept");
    assertEquals(
        Set.of(NS + "dead", NS + "leader", NS + "task:a", NS + "attempts:a"),
        server.snapshot().keySet());
  }

  @Test
  void what_failed_before_does_not_delay_a_task_after_its_first_crash() {
    store.submitAll(Priority.HIGH, "a");
    for (int i = 0; i < 2; i++) {
      Outcome again = new Outcome.Failure("no", false, Optional.of(Duration.ZERO));
      get(store.claims.end(token, store.claimOne(token), again));
      store.maintenance.promote(token, 1);
    }
    try (StoreOnRedis patient =
        new StoreOnRedis(server, new TaskLimits(100, 9, Duration.ofHours(1), 10, 10))) {
      assertEquals("a", store.claimOne(token).id());
      token = store.lead(token.epoch() + 1);
      assertEquals(new Recovered(1, 0, 0), patient.claims.recover(token));
    }
    assertEquals(List.of("a"), store.jedis.lrange(NS + "ready:high:default", 0, -1));
  }

  @Test
  void a_type_with_more_attempts_survives_more_crashes() {
    TaskLimits limits =
        new TaskLimits(100, 1, Duration.ofHours(1), 10, 10, Map.of("http", 2, "log2", 9));
    store.submit("a", Priority.HIGH);
    get(store.intake.submit("b", new NewTask(Priority.HIGH, "http", new byte[] {'1'})));
    try (StoreOnRedis patient = new StoreOnRedis(server, limits)) {
      store.claim(token, 2);
      token = store.lead(token.epoch() + 1);
      assertEquals(new Recovered(1, 1, 0), patient.claims.recover(token));
      assertEquals("b", store.claimOne(token).id());
      token = store.lead(token.epoch() + 1);
      assertEquals(new Recovered(0, 1, 0), patient.claims.recover(token));
    }
  }

  @Test
  void recovery_leaves_what_runs_under_the_own_token() {
    store.submitAll(Priority.HIGH, "a", "b");
    store.claim(token, 1);
    token = store.lead(1001);
    store.claim(token, 1);
    assertEquals(new Recovered(1, 0, 0), store.claims.recover(token));
    assertEquals(Set.of("b"), store.jedis.hkeys(NS + "running"));
  }

  @Test
  void recovery_goes_on_over_many_pages_and_keeps_the_order() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 1700; i++) {
      all.add("t%04d".formatted(i));
      store.intake.submit(all.getLast(), new NewTask(Priority.LOW, "log", new byte[] {'1'}));
    }
    get(store.intake.submit("z", new NewTask(Priority.LOW, "log", new byte[0])));
    for (int i = 0; i < 4; i++) {
      store.claim(token, 425);
    }
    token = store.lead(1001);
    assertEquals(new Recovered(1700, 0, 0), store.claims.recover(token));
    all.add("z");
    assertEquals(all.reversed(), store.jedis.lrange(NS + "ready:low:default", 0, -1));
  }

  @Test
  void an_end_after_recovery_is_fenced_and_under_the_new_token_refused() {
    store.submit("a", Priority.HIGH);
    Claim claim = store.claimOne(token);
    FencingToken old = token;
    token = store.lead(1001);
    store.claims.recover(token);
    var before = server.snapshot();
    assertThrows(
        StoreException.Fenced.class, () -> get(store.claims.end(old, claim, Outcome.SUCCESS)));
    assertEquals(AttemptEnd.REFUSED, get(store.claims.end(token, claim, Outcome.SUCCESS)));
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_record_removed_by_hand_is_dropped_by_recovery_and_promotion() {
    store.submitAll(Priority.HIGH, "a", "b");
    get(store.claims.requeue(token, store.claimOne(token), Duration.ofMillis(1)));
    store.claimOne(token);
    store.jedis.del(NS + "task:a", NS + "task:b");
    token = store.lead(1001);
    assertEquals(new Recovered(0, 0, 0), store.claims.recover(token));
    store.jedis.zadd(NS + "scheduled", 1, "a");
    store.maintenance.promote(token, 10);
    assertEquals(Set.of(NS + "leader"), server.snapshot().keySet());
  }

  @Test
  void what_is_due_becomes_ready_at_the_back_by_its_due_time() {
    store.submitAll(Priority.HIGH, "a", "b", "c");
    for (Claim claim : store.claim(token, 3)) {
      get(store.claims.requeue(token, claim, Duration.ofHours(2)));
    }
    store.submitAll(Priority.HIGH, "d");
    Promoted none = store.maintenance.promote(token, 10);
    assertEquals(new Promoted(0, Duration.ofHours(1)), none, "an hour at the most");
    store.jedis.zadd(NS + "scheduled", Map.of("c", 10.0, "a", 20.0, "b", redisMs() + 60_000.0));
    store.on(Claims.Signal.READY, () -> {});
    Promoted promoted = store.maintenance.promote(token, 10);
    assertEquals(2, promoted.promoted());
    long next = promoted.nextDue().toMillis();
    assertTrue(next > 55_000 && next <= 60_000, "ms until the next: " + next);
    assertEquals(List.of("a", "c", "d"), store.jedis.lrange(NS + "ready:high:default", 0, -1));
    assertEquals(List.of("d#1", "c#2", "a#2"), idsAndAttempts(store.claim(token, 3)));
  }

  @Test
  void promotion_takes_no_more_than_its_limit_and_says_that_more_is_due() {
    for (int i = 0; i < 5; i++) {
      store.submit("t" + i, Priority.LOW);
      get(store.claims.requeue(token, store.claimOne(token), Duration.ofMinutes(1)));
      store.jedis.zadd(NS + "scheduled", 10 + i, "t" + i);
    }
    assertEquals(new Promoted(3, Duration.ZERO), store.maintenance.promote(token, 3));
    assertEquals(2, store.maintenance.promote(token, 3).promoted());
    var before = server.snapshot();
    assertEquals(new Promoted(0, Duration.ofHours(1)), store.maintenance.promote(token, 3));
    assertEquals(before, server.snapshot());
  }

  private void finish(int completed, int dead) {
    for (int i = 0; i < completed + dead; i++) {
      String id = (i < completed ? "c" : "d") + i;
      store.submit(id, Priority.HIGH);
      Outcome outcome =
          i < completed ? Outcome.SUCCESS : new Outcome.Failure("no", false, Optional.empty());
      get(store.claims.end(token, store.claimOne(token), outcome));
      if (i >= completed) {
        store.jedis.zadd(NS + "dead", redisMs() - 1000 + i, id); // an order, also within one ms
      }
    }
  }

  @Test
  void what_is_over_the_count_goes_oldest_first_with_all_it_has() {
    var limits = new TaskLimits(100, 3, Duration.ofHours(1), 2, 1);
    try (StoreOnRedis few = new StoreOnRedis(server, limits)) {
      finish(4, 3);
      assertEquals(3, few.maintenance.clean(token, 3), "no more than the limit");
      assertEquals(1, few.maintenance.clean(token, 3));
      var kept = server.snapshot();
      assertEquals("list [c3, c2]", kept.get(NS + "done"));
      assertTrue(kept.get(NS + "dead").startsWith("zset [[d6"), kept.get(NS + "dead"));
      assertEquals(
          Set.of("done", "dead", "leader", "task:c2", "task:c3", "task:d6", "attempts:d6"),
          Set.copyOf(kept.keySet().stream().map(k -> k.substring(NS.length())).toList()));
      assertEquals(0, few.maintenance.clean(token, 3));
      assertEquals(kept, server.snapshot());
    }
  }

  @Test
  void what_is_older_than_the_retention_goes() {
    finish(3, 2);
    assertEquals(0, store.maintenance.clean(token, 500));
    long old = (redisMs() - Duration.ofMinutes(61).toMillis()) * 1000;
    store.jedis.setrange(NS + "task:c0", 14, "%013x".formatted(old));
    store.jedis.setrange(NS + "task:c1", 14, "%013x".formatted(old));
    store.jedis.zadd(NS + "dead", old / 1000, "d3");
    assertEquals(3, store.maintenance.clean(token, 500));
    assertEquals(List.of("c2"), store.jedis.lrange(NS + "done", 0, -1));
    assertEquals(List.of("d4"), store.jedis.zrange(NS + "dead", 0, -1));
    assertEquals(Set.of(NS + "task:c2", NS + "task:d4"), store.jedis.keys(NS + "task:*"));
  }

  @Test
  void a_finished_record_removed_by_hand_holds_up_no_retention() {
    finish(3, 0);
    store.jedis.del(NS + "task:c0");
    assertEquals(1, store.maintenance.clean(token, 500));
    assertEquals(List.of("c2", "c1"), store.jedis.lrange(NS + "done", 0, -1));
  }

  @Test
  void questions_change_nothing_and_tell_each_state() {
    store.submitAll(Priority.HIGH, "a", "b", "c", "d", "e");
    List<Claim> claims = store.claim(token, 4);
    get(store.claims.end(token, claims.get(0), Outcome.SUCCESS));
    get(store.claims.end(token, claims.get(1), new Outcome.Failure("no", false, Optional.empty())));
    get(store.claims.requeue(token, claims.get(2), Duration.ofMinutes(1)));
    var before = server.snapshot();
    assertInstanceOf(TaskState.Completed.class, store.state("a"));
    assertInstanceOf(TaskState.Dead.class, store.state("b"));
    assertInstanceOf(TaskState.Scheduled.class, store.state("c"));
    var running = assertInstanceOf(TaskState.Running.class, store.state("d"));
    assertEquals(1000, running.epoch());
    assertEquals(claims.get(3).claimedAt(), running.startedAt());
    assertInstanceOf(TaskState.Ready.class, store.state("e"));
    assertEquals(Optional.empty(), store.queries.find("nobody"));
    TaskCounts counts = store.queries.counts();
    assertEquals(Set.of(Priority.HIGH), counts.waited().keySet());
    assertEquals(
        new TaskCounts(
            Map.of(Priority.HIGH, 1L, Priority.MEDIUM, 0L, Priority.LOW, 0L),
            counts.waited(),
            1,
            1,
            1,
            1,
            0,
            0),
        counts);
    assertEquals(before, server.snapshot());
  }
}
