package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Pipeline;

/// A task's life under one leader: tried again, timed out, cancelled, expired, paused, revived.
class TaskLifeIT extends NodeOnRedis {
  private static final TaskOptions NONE = TaskOptions.NONE;
  private final List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
  private final List<Instant> starts = Collections.synchronizedList(new ArrayList<>());

  private static TaskOptions attempts(int most, Duration backoff) {
    return NONE.with(TaskOption.MAX_ATTEMPTS, most)
        .with(TaskOption.BACKOFF_BASE, backoff)
        .with(TaskOption.BACKOFF_CAP, backoff)
        .with(TaskOption.BACKOFF_FACTOR, 1.0);
  }

  private void failsUntil(int good, Exception failure) {
    runner(
        "note",
        task -> {
          starts.add(Instant.now());
          attempts.add(task.attempt());
          if (task.attempt() < good) {
            throw failure;
          }
          return new TaskResult("{\"good\":true}".getBytes(UTF_8));
        });
  }

  @Test
  void a_task_that_fails_is_tried_again_and_completes_with_its_trail_behind_it() {
    failsUntil(3, new IllegalStateException("not yet"));
    lead(node(2));
    String id = submit(NONE);
    await("it completes", () -> completed(id));
    assertEquals(List.of(1, 2, 3), attempts);
    assertEquals(3, task(id).attempts());
    List<String> trail = trail(id);
    assertEquals(3, trail.size(), trail.toString());
    assertTrue(trail.get(0).matches("000001 .* f not yet"), trail.get(0));
    assertTrue(trail.get(1).matches("000002 .* f not yet"), trail.get(1));
    assertEquals("={\"good\":true}", trail.get(2));
    await("all is counted", () -> ledger.outcomes.size() == 3);
    assertEquals(List.of("retried", "retried", "completed"), List.copyOf(ledger.outcomes));
  }

  @Test
  void a_task_waits_as_long_as_its_target_asks_and_is_shown_to_wait() {
    failsUntil(2, TaskFailure.retryable("busy", Duration.ofMillis(700)));
    lead(node(1));
    String id = submit(NONE);
    await("it waits", () -> state(id) instanceof TaskState.Retrying);
    await("it completes", () -> completed(id));
    long waited = Duration.between(starts.get(0), starts.get(1)).toMillis();
    assertTrue(waited >= 700 && waited < 2500, "waited " + waited);
  }

  @Test
  void after_its_last_attempt_a_task_is_dead_with_the_last_error() {
    runner(
        "note",
        task -> {
          attempts.add(task.attempt());
          throw new IllegalStateException("no " + task.attempt());
        });
    lead(node(1));
    String usual = submit(NONE);
    await("it is dead", () -> state(usual) instanceof TaskState.Dead);
    assertEquals("no 3", ((TaskState.Dead) state(usual)).error());
    String own = submit(attempts(2, Duration.ofMillis(10)));
    await("this one too", () -> state(own) instanceof TaskState.Dead);
    assertEquals("no 2", ((TaskState.Dead) state(own)).error());
    assertEquals(List.of(1, 2, 3, 1, 2), attempts);
    assertEquals(2, ledger.count("dead"));
    assertEquals(List.of(RetryResult.RETRIED), tasks.retry(List.of(own)));
    await("it fails twice more", () -> attempts.size() == 7);
    assertEquals(List.of(3, 4), attempts.subList(5, 7), "no number is used twice");
    await("it is dead again", () -> state(own) instanceof TaskState.Dead);
    assertEquals(4, trail(own).size());
  }

  @Test
  void a_permanent_failure_is_the_last() {
    failsUntil(9, TaskFailure.permanent("gone for good"));
    lead(node(1));
    String id = submit(NONE);
    await("it is dead", () -> state(id) instanceof TaskState.Dead);
    assertEquals(List.of(1), attempts);
  }

  @Test
  void a_tasks_own_time_ends_its_attempt_and_the_next_may_do_better() {
    runner(
        "note",
        task -> {
          if (task.attempt() == 1) {
            new CountDownLatch(1).await();
          }
          return TaskResult.NONE;
        });
    lead(node(1));
    String id =
        submit(attempts(2, Duration.ofMillis(1)).with(TaskOption.TIMEOUT, Duration.ofMillis(150)));
    await("it completes", () -> completed(id));
    assertTrue(trail(id).getFirst().endsWith(" t timed out after 150 ms"), trail(id).toString());
    assertEquals(1, ledger.timedOut.get());
  }

  @Test
  void a_running_task_that_another_node_cancels_is_interrupted_within_a_second() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    runner(
        "note",
        task -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return new TaskResult("\"done all the same\"".getBytes(UTF_8));
        });
    SchedulerNode node = node(1);
    lead(node);
    String id = submit(NONE);
    await("it runs", () -> begun.getCount() == 0);
    assertEquals(new Cancellation.Asked(), tasks.cancel(id));
    await("it is interrupted", Duration.ofSeconds(1), () -> interrupted.getCount() == 0);
    await("it is cancelled", () -> state(id) instanceof TaskState.Cancelled);
    await("its thread is over", () -> node.running() == 0);
    assertEquals(List.of(), trail(id), "its result is not recorded");
    assertEquals(List.of("cancelled"), List.copyOf(ledger.outcomes));
    assertEquals(0, jedis.hlen(NS + "cancelling"));
  }

  @Test
  void a_runner_that_ignores_a_cancel_keeps_its_permit_and_nothing_else_happens() {
    AtomicBoolean go = new AtomicBoolean();
    runner(
        "note",
        task -> {
          if (task.attempt() == 1 && new String(task.payload(), UTF_8).equals("\"deaf\"")) {
            while (!go.get()) {
              LockSupport.parkNanos(1_000_000);
              Thread.interrupted();
            }
          }
          throw new IllegalStateException("too late");
        });
    SchedulerNode node = node(1);
    lead(node);
    String deaf = submit(Priority.HIGH, "note", "\"deaf\"", NONE);
    await("it runs", () -> state(deaf) instanceof TaskState.Running);
    String next = submit(attempts(1, Duration.ofMillis(1)));
    tasks.cancel(deaf);
    await("it is cancelled", () -> state(deaf) instanceof TaskState.Cancelled);
    jedis.publish(NS + "wake", "1");
    jedis.publish(NS + "cancel", deaf);
    Instant later = Instant.now().plusMillis(1500);
    await("a poll and a half has gone by", () -> Instant.now().isAfter(later));
    assertInstanceOf(TaskState.Ready.class, state(next), "there is no permit for it");
    assertEquals(1, node.running());
    go.set(true);
    await("the next one runs", () -> state(next) instanceof TaskState.Dead);
    assertInstanceOf(TaskState.Cancelled.class, state(deaf));
    await("its end is reported", () -> ledger.count("dead") == 1);
    assertEquals(List.of("cancelled", "dead"), List.copyOf(ledger.outcomes));
  }

  @Test
  void what_has_expired_never_starts_and_is_counted() {
    failsUntil(1, new IllegalStateException());
    List<String> late = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      late.add(submit(NONE.with(TaskOption.EXPIRES_AT, Instant.now().minusSeconds(1))));
    }
    String good = submit(NONE.with(TaskOption.EXPIRES_AT, Instant.now().plusSeconds(3600)));
    lead(node(1));
    await("the good one completes", () -> completed(good));
    assertTrue(late.stream().allMatch(id -> state(id) instanceof TaskState.Expired));
    assertEquals(1, attempts.size());
    assertEquals(5, ledger.count("expired"));
  }

  @Test
  void a_paused_queue_waits_while_others_run_and_resumes_in_its_order() {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    runner("note", task -> TaskResult.NONE);
    runner(
        "mail",
        task -> {
          seen.add(task.id());
          return TaskResult.NONE;
        });
    lead(node(1));
    Duration back = Duration.ZERO;
    for (int round = 0; round < 6; round++) {
      seen.clear();
      assertEquals(Queues.Change.DONE, queues.pause("mails", "a test"));
      List<String> mails = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        mails.add(submit(Priority.HIGH, "mail", "1", NONE.with(TaskOption.QUEUE, "mails")));
      }
      String other = submit(Priority.LOW, "note", "1", NONE);
      await("what is not paused runs", () -> completed(other));
      assertEquals(30L, tasks.queries().counts().ready().get(Priority.HIGH));
      Instant later = Instant.now().plusMillis(350);
      await("a while", () -> Instant.now().isAfter(later));
      queues.resume("mails");
      long start = System.nanoTime();
      await("all run", () -> mails.stream().allMatch(this::completed));
      back = back.plusNanos(System.nanoTime() - start);
      assertEquals(mails, seen);
    }
    assertTrue(back.toMillis() < 3000, "back after " + back + ": not told, found by polls");
  }

  @Test
  void what_is_over_its_retention_goes_as_fast_as_redis_can() {
    try (Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < 20_000; i++) {
        String old = "c" + "0".repeat(48) + "m" + "0".repeat(13) + "note\n1";
        pipeline.set(NS + "task:" + i, old);
        pipeline.lpush(NS + "done", Integer.toString(i));
      }
    }
    lead(node(1));
    await("all are gone", Duration.ofSeconds(5), () -> jedis.llen(NS + "done") == 0);
  }

  @Test
  void a_result_that_cannot_be_kept_fails_its_task() {
    runner("note", task -> new TaskResult(task.payload()));
    lead(node(2));
    String good = submit(Priority.LOW, "note", "{\"kept\":[1, 2]}", NONE);
    String large = submit(Priority.LOW, "note", "\"" + "x".repeat(999) + "\"", NONE);
    await("both end", () -> completed(good) && state(large) instanceof TaskState.Dead);
    assertEquals(List.of("={\"kept\":[1, 2]}"), trail(good));
    assertTrue(((TaskState.Dead) state(large)).error().contains("the limit is 1000 "));
    runner("note", task -> new TaskResult("no json".getBytes(UTF_8)));
    lead(node(1));
    String odd = submit(NONE);
    await("it fails", () -> state(odd) instanceof TaskState.Dead);
    assertTrue(((TaskState.Dead) state(odd)).error().startsWith("the result is not JSON"));
  }

  /// All is queued before anything starts, so each start could have been another's. A claim brings
  /// up to nine, those of higher priority first.
  @Test
  void weights_share_out_the_starts_while_all_have_work() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    runner(
        "note",
        task -> {
          order.add(new String(task.payload(), UTF_8));
          return TaskResult.NONE;
        });
    for (int i = 0; i < 200; i++) {
      for (Priority priority : Priority.values()) {
        submit(priority, "note", "\"" + priority.wire() + "\"", NONE);
      }
    }
    lead(node(1, new PriorityPolicy.Weighted(5, 3, 2)));
    await("all run", () -> order.size() == 600);
    for (int upTo = 10; upTo <= 300; upTo += 10) {
      List<String> some = order.subList(0, upTo);
      int share = upTo / 10;
      assertEquals(5 * share, Collections.frequency(some, "\"high\""), 3.01, "of " + upTo);
      assertEquals(3 * share, Collections.frequency(some, "\"medium\""), 3.01, "of " + upTo);
      assertEquals(2 * share, Collections.frequency(some, "\"low\""), 3.01, "of " + upTo);
    }
  }

  @Test
  void with_ageing_a_low_task_runs_while_high_ones_keep_coming() {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger high = new AtomicInteger();
    runner(
        "note",
        task -> {
          LockSupport.parkNanos(2_000_000);
          if (new String(task.payload(), UTF_8).equals("\"high\"") && !over.get()) {
            high.incrementAndGet();
            submit(Priority.HIGH, "note", "\"high\"", NONE); // another one for each that runs
          }
          return TaskResult.NONE;
        });
    for (int i = 0; i < 5; i++) {
      submit(Priority.HIGH, "note", "\"high\"", NONE);
    }
    String low = submit(Priority.LOW, "note", "\"low\"", NONE);
    SchedulerNode strict = node(1);
    HeldLeadership first = lead(strict);
    await("high ones run", () -> high.get() > 150);
    assertInstanceOf(TaskState.Ready.class, state(low), "without ageing it waits");
    die(strict, first);
    lead(node(1, new PriorityPolicy.Strict(Duration.ofMillis(100))));
    await("the low one runs", () -> completed(low));
    over.set(true);
  }
}
