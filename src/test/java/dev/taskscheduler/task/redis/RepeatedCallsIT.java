package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.TaskOptions.NONE;
import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls that come again when what they ask for may have been removed: a submission and an end
/// whose answers were lost. And lists whose entries ended by a clock that was wrong.
class RepeatedCallsIT {
  private static final TaskLimits FEW = new TaskLimits(100, 3, Duration.ofHours(1), 1, 1);
  private static final String NS = "{scheduler}:";

  private RedisServer server;
  private StoreOnRedis store;
  private RedisTasks tasks;
  private FencingToken token;

  @BeforeEach
  void lead() {
    server = new RedisServer();
    store = new StoreOnRedis(server, FEW);
    tasks = new RedisTasks(store.redis, new Namespace("scheduler"), FEW);
    token = store.lead(7);
  }

  @AfterEach
  void stop() {
    tasks.close();
    store.close();
    server.close();
  }

  private SubmitResult submit(String id, TaskOptions options) {
    return get(
        store.intake.submit(id, new NewTask(Priority.HIGH, "log", "1".getBytes(UTF_8), options)));
  }

  private void complete(String id, TaskOptions options) {
    submit(id, options);
    get(tasks.claims().end(token, store.claimOne(token), Outcome.SUCCESS));
  }

  /// Lets a time in a task's record lie that long ago.
  private void setBack(String id, int offset, Duration ago) {
    List<String> now = store.jedis.time();
    long us = Long.parseLong(now.get(0)) * 1_000_000 + Long.parseLong(now.get(1));
    store.jedis.setrange(NS + "task:" + id, offset, "%013x".formatted(us - ago.toNanos() / 1000));
  }

  @Test
  void what_was_submitted_or_ended_just_now_is_not_removed_however_many_there_are() {
    for (String id : List.of("a", "b", "c")) {
      complete(id, NONE);
    }
    assertEquals(0, tasks.maintenance().clean(token, 10));
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), submit("a", NONE), "sent again");
    assertEquals(List.of(), store.claim(token, 5), "and not run again");
    setBack("a", 50, Duration.ofSeconds(6));
    assertEquals(0, tasks.maintenance().clean(token, 10), "its end may come again too");
    setBack("a", 14, Duration.ofSeconds(6));
    assertEquals(1, tasks.maintenance().clean(token, 10));
    assertFalse(store.jedis.exists(NS + "task:a"));
  }

  @Test
  void a_clock_that_was_set_back_a_little_removes_nothing_either() {
    for (String id : List.of("a", "b", "c")) {
      complete(id, NONE);
    }
    setBack("a", 50, Duration.ofSeconds(-1));
    setBack("a", 14, Duration.ofSeconds(-1));
    assertEquals(0, tasks.maintenance().clean(token, 10));
    assertTrue(store.jedis.exists(NS + "task:a"));
  }

  @Test
  void a_short_retention_does_not_remove_what_may_come_again() {
    complete("a", NONE.with(TaskOption.RETENTION, Duration.ofMillis(0)));
    store.submit("b", Priority.HIGH);
    Claim dead = store.claimOne(token);
    get(tasks.claims().end(token, dead, new Outcome.Failure("no", false, Optional.empty())));
    store.jedis.zadd(NS + "dead", 1, "b");
    assertEquals(0, tasks.maintenance().clean(token, 10));
    assertEquals(
        AttemptEnd.BEFORE,
        get(tasks.claims().end(token, dead, new Outcome.Failure("no", false, Optional.empty()))));
    for (String id : List.of("a", "b")) {
      setBack(id, 50, Duration.ofMinutes(1));
      setBack(id, 14, Duration.ofMinutes(1));
    }
    assertEquals(2, tasks.maintenance().clean(token, 10));
  }

  private static NewTask under(SubmitOptions terms) {
    return new NewTask(Priority.HIGH, "log", "1".getBytes(UTF_8), NONE, terms);
  }

  @Test
  void a_key_that_holds_its_own_id_tells_that_a_submission_was_kept() {
    Duration hour = Duration.ofHours(1);
    for (SubmitOptions terms :
        List.of(
            SubmitOptions.NONE.once(new SubmitOptions.Idempotency("cd", "ef", hour)),
            new SubmitOptions(
                Optional.empty(),
                Optional.of(new SubmitOptions.UniqueWindow("ab", hour)),
                Durability.MEMORY))) {
      get(store.intake.submit("a", under(terms)));
      get(tasks.claims().end(token, store.claimOne(token), Outcome.SUCCESS));
      store.jedis.del(NS + "task:a", NS + "done"); // removed, however long that took
      assertEquals(
          new SubmitResult.Accepted("a", Durability.MEMORY),
          get(store.intake.submit("a", under(terms))));
      assertEquals(List.of(), store.claim(token, 5), "it does not run again: " + terms);
    }
  }

  @Test
  void one_that_ended_while_the_clock_was_ahead_keeps_no_other() {
    for (String id : List.of("a", "b", "c")) {
      complete(id, NONE);
      setBack(id, 50, Duration.ofHours(3));
      setBack(id, 14, Duration.ofHours(2));
    }
    setBack("a", 14, Duration.ofDays(-1));
    try (StoreOnRedis many = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      assertEquals(2, many.maintenance.clean(token, 10));
    }
    assertEquals(List.of("a"), store.jedis.lrange(NS + "done", 0, -1));
    assertTrue(store.jedis.exists(NS + "task:a"));
  }
}
