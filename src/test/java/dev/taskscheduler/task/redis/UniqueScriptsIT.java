package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskListener;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.testing.TaskTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Unique keys and idempotency keys, with all keys compared before and after.
class UniqueScriptsIT extends OnOneRedis {
  private static final TaskOptions UNIQUE = TaskOptions.NONE.with(TaskOption.UNIQUE_KEY, "ab");

  private SubmitResult unique(String id) {
    return submit(id, "log", UNIQUE, SubmitOptions.NONE);
  }

  private SubmitResult once(String id, String print) {
    var key = new SubmitOptions.Idempotency("cd", print, Duration.ofMinutes(5));
    return submit(id, "log", TaskOptions.NONE, SubmitOptions.NONE.once(key));
  }

  private static SubmitResult accepted(String id) {
    return new SubmitResult.Accepted(id, Durability.MEMORY);
  }

  private void assertTime(String key, Duration time) {
    long left = store.jedis.pttl(NS + key);
    assertTrue(left <= time.toMillis() && left > time.toMillis() - 5000, key + " for " + left);
  }

  @Test
  void a_key_is_held_until_the_task_ends_through_all_its_attempts() {
    var before = server.snapshot();
    assertEquals(accepted("a"), unique("a"));
    assertEquals(Set.of("ready:high:default", "task:a", "unique:ab"), changed(before).keySet());
    assertEquals(-1, store.jedis.pttl(NS + "unique:ab"));
    var held = server.snapshot();
    assertEquals(new SubmitResult.Duplicate("a"), unique("b"));
    assertEquals(accepted("a"), unique("a"), "sent again");
    assertEquals(held, server.snapshot());
    get(store.claims.end(token, store.claimOne(token), again("no", Duration.ofHours(1))));
    assertEquals(new SubmitResult.Duplicate("a"), unique("b"));
    store.jedis.zadd(NS + "scheduled", 1, "a");
    store.maintenance.promote(token, 1);
    Claim claim = store.claimOne(token);
    assertEquals(new SubmitResult.Duplicate("a"), unique("b"));
    get(store.claims.requeue(token, claim, Duration.ZERO));
    assertEquals(new SubmitResult.Duplicate("a"), unique("b"));
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    assertEquals(accepted("b"), unique("b"));
  }

  @Test
  void each_kind_of_end_gives_the_key_up() {
    List<Outcome> ends = List.of(Outcome.SUCCESS, failed("no"), new Outcome.Cancelled());
    for (int i = 0; i < ends.size(); i++) {
      get(store.claims.end(token, running("t" + i, UNIQUE), ends.get(i)));
      assertEquals(Set.of(), store.jedis.keys(NS + "unique:*"), ends.get(i)::toString);
    }
    submit("waits", UNIQUE);
    store.commands.cancel("waits");
    assertEquals(Set.of(), store.jedis.keys(NS + "unique:*"));
    submit("late", UNIQUE.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1)));
    store.claim(token, 1);
    assertEquals(Set.of(), store.jedis.keys(NS + "unique:*"));
    running("lost", UNIQUE.with(TaskOption.MAX_ATTEMPTS, 1));
    succeed();
    assertEquals(Set.of(), store.jedis.keys(NS + "unique:*"));
  }

  @Test
  void an_end_gives_up_no_key_that_is_another_ones() {
    Claim first = running("a", UNIQUE);
    store.jedis.set(NS + "unique:ab", "b"); // as if it had been taken over
    get(store.claims.end(token, first, Outcome.SUCCESS));
    assertEquals("b", store.jedis.get(NS + "unique:ab"));
  }

  @Test
  void a_key_whose_holder_is_gone_is_free() {
    submit("a", UNIQUE);
    store.jedis.del(NS + "task:a");
    assertEquals(accepted("b"), unique("b"));
    assertEquals("b", store.jedis.get(NS + "unique:ab"));
  }

  @Test
  void a_key_with_a_window_is_held_for_its_time_whatever_becomes_of_the_task() {
    SubmitOptions window =
        new SubmitOptions(
            Optional.empty(),
            Optional.of(new SubmitOptions.UniqueWindow("ab", Duration.ofMinutes(9))),
            Durability.MEMORY);
    assertEquals(accepted("a"), submit("a", "log", TaskOptions.NONE, window));
    assertTime("unique:ab", Duration.ofMinutes(9));
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    assertEquals(new SubmitResult.Duplicate("a"), unique("b"));
    assertEquals(new SubmitResult.Duplicate("a"), submit("b", "log", TaskOptions.NONE, window));
    store.jedis.del(NS + "unique:ab"); // its time is over
    assertEquals(accepted("b"), submit("b", "log", TaskOptions.NONE, window));
  }

  @Test
  void two_of_one_key_in_one_call_are_one() {
    var first = store.intake.submit("a", task("a"));
    var second = store.intake.submit("b", task("b"));
    assertEquals(
        List.of(accepted("a"), new SubmitResult.Duplicate("a")), List.of(get(first), get(second)));
  }

  private static NewTask task(String id) {
    return new NewTask(Priority.LOW, "log", StoreOnRedis.payload(id), UNIQUE);
  }

  @Test
  void a_revived_task_takes_its_key_again_or_stays_where_it_is() {
    get(store.claims.end(token, running("a", UNIQUE), failed("no")));
    assertEquals(accepted("b"), unique("b"));
    var before = server.snapshot();
    assertEquals(List.of(RetryResult.NOT_UNIQUE), store.commands.retry(List.of("a")));
    assertEquals(before, server.snapshot());
    store.commands.cancel("b");
    assertEquals(List.of(RetryResult.RETRIED), store.commands.retry(List.of("a")));
    assertEquals("a", store.jedis.get(NS + "unique:ab"));
    assertEquals(new SubmitResult.Duplicate("a"), unique("c"));
  }

  @Test
  void a_submission_under_an_idempotency_key_is_kept_once_for_its_time() {
    var before = server.snapshot();
    assertEquals(accepted("a"), once("a", "01"));
    assertEquals(
        Set.of("ready:high:default", "task:a", "idempotency:cd"), changed(before).keySet());
    assertEquals("a 01", store.jedis.get(NS + "idempotency:cd"));
    assertTime("idempotency:cd", Duration.ofMinutes(5));
    var kept = server.snapshot();
    assertEquals(new SubmitResult.Replayed("a", Durability.MEMORY), once("b", "01"));
    assertEquals(new SubmitResult.KeyReused("a"), once("b", "02"));
    assertEquals(accepted("a"), once("a", "01"));
    assertEquals(kept, server.snapshot());
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    assertEquals(
        new SubmitResult.Replayed("a", Durability.MEMORY),
        once("b", "01"),
        "also once it has ended");
    store.jedis.del(NS + "idempotency:cd"); // its time is over
    assertEquals(accepted("b"), once("b", "02"));
  }

  @Test
  void a_duplicate_under_an_idempotency_key_stays_one_after_its_holder_has_ended() {
    submit("holder", UNIQUE);
    var before = server.snapshot();
    assertEquals(new SubmitResult.Duplicate("holder"), uniqueOnce("a", "01"));
    assertEquals(Set.of("idempotency:cd"), changed(before).keySet());
    assertEquals("holder 01 ~", store.jedis.get(NS + "idempotency:cd"));
    assertTime("idempotency:cd", Duration.ofMinutes(5));
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    var ended = server.snapshot();
    assertEquals(new SubmitResult.Duplicate("holder"), uniqueOnce("b", "01"));
    assertEquals(new SubmitResult.KeyReused("holder"), uniqueOnce("c", "02"));
    assertEquals(new SubmitResult.Duplicate("holder"), uniqueOnce("a", "01"), "sent again");
    assertEquals(ended, server.snapshot());
    store.jedis.del(NS + "idempotency:cd"); // its time is over
    assertEquals(accepted("d"), uniqueOnce("d", "02"));
  }

  private SubmitResult uniqueOnce(String id, String print) {
    var key = new SubmitOptions.Idempotency("cd", print, Duration.ofMinutes(5));
    return submit(id, "log", UNIQUE, SubmitOptions.NONE.once(key));
  }

  @Test
  void what_was_refused_holds_no_key() {
    try (StoreOnRedis small =
        new StoreOnRedis(server, new TaskLimits(0, 3, Duration.ofHours(1), 100, 100))) {
      var before = server.snapshot();
      var key = new SubmitOptions.Idempotency("cd", "01", Duration.ofMinutes(5));
      var task =
          new NewTask(Priority.LOW, "log", new byte[] {'1'}, UNIQUE, SubmitOptions.NONE.once(key));
      assertEquals(new SubmitResult.QueueFull(0), get(small.intake.submit("a", task)));
      assertEquals(before, server.snapshot());
    }
  }

  @Test
  void a_submission_that_is_sent_again_after_its_keys_are_another_ones_was_kept() {
    get(store.claims.end(token, running("a", UNIQUE), Outcome.SUCCESS)); // its answer was lost
    assertEquals(accepted("b"), unique("b"));
    assertEquals(accepted("a"), unique("a"));
    assertEquals(accepted("c"), once("c", "01"));
    store.jedis.set(NS + "idempotency:cd", "d 02");
    var before = server.snapshot();
    assertEquals(accepted("c"), once("c", "01"));
    assertEquals(Map.of(), changed(before));
  }

  @Test
  void whoever_counts_hears_what_was_kept_and_what_came_again() {
    List<String> heard = new ArrayList<>();
    TaskListener listener =
        new TaskListener() {
          @Override
          public void submitted(Priority priority) {
            heard.add(priority.wire());
          }

          @Override
          public void replayed() {
            heard.add("replayed");
          }

          @Override
          public void duplicate() {
            heard.add("duplicate");
          }
        };
    TaskService service = new TaskService(store.tasks.ports(), TaskTypes.of("log"), listener);
    var key = new SubmitOptions.Idempotency("cd", "ef", Duration.ofMinutes(5));
    NewTask once =
        new NewTask(Priority.HIGH, "log", StoreOnRedis.payload("a"))
            .terms(SubmitOptions.NONE.once(key));
    NewTask unique = new NewTask(Priority.LOW, "log", StoreOnRedis.payload("b"), UNIQUE);
    for (NewTask task : List.of(once, once, unique, unique)) {
      service.submit(task);
    }
    assertEquals(List.of("high", "replayed", "low", "duplicate"), heard);
  }
}
