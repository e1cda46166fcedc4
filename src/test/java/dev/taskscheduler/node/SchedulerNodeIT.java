package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The work of a leader on a real Redis; leadership itself is held by hand.
class SchedulerNodeIT extends NodeOnRedis {
  private interface Silent {
    void run(TaskRun task) throws Exception;
  }

  private void runner(Silent body) {
    runner(
        "note",
        task -> {
          body.run(task);
          return TaskResult.NONE;
        });
  }

  /// A failed attempt is the last one.
  private SchedulerNode node(int workers, Duration timeout) {
    return node(
        new WorkerConfig(
            workers,
            timeout,
            RetryDefaults.of(1, new Backoff(Duration.ofMillis(1), Duration.ofSeconds(1), 2)),
            1000,
            new PriorityPolicy.Strict(Duration.ZERO),
            LONG));
  }

  private String submit(Priority priority, String type, String payload) {
    return submit(priority, type, payload, TaskOptions.NONE);
  }

  private String submit(String payload) {
    return submit(Priority.MEDIUM, "note", payload);
  }

  private boolean ended(String id) {
    TaskState state = task(id).state();
    return state instanceof TaskState.Completed || state instanceof TaskState.Dead;
  }

  private static boolean endedWithin(SchedulerNode node, boolean planned, Duration drain) {
    CountDownLatch ended = new CountDownLatch(1);
    node.end(planned, drain, ended::countDown);
    try {
      return ended.await(drain.toMillis() + 10_000, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void runs_by_priority_and_oldest_first_and_hands_the_payload_on_byte_for_byte() {
    List<String> seen = new ArrayList<>();
    runner(task -> seen.add(new String(task.payload(), UTF_8)));
    submit(Priority.LOW, "note", "\"l1\"");
    submit(Priority.HIGH, "note", " {\"h\" : 1}\n");
    submit(Priority.MEDIUM, "note", "\"m1\"");
    String last = submit(Priority.LOW, "note", "\"l2 \u00e4\"");
    submit(Priority.HIGH, "note", "\"h2\"");
    SchedulerNode node = node(1, LONG);

    node.begin(HeldLeadership.take(server));

    await("the last task ends", () -> ended(last));
    assertEquals(List.of(" {\"h\" : 1}\n", "\"h2\"", "\"m1\"", "\"l1\"", "\"l2 \u00e4\""), seen);
  }

  @Test
  void a_task_submitted_to_an_idle_leader_starts_without_waiting_for_a_poll() {
    runner(task -> {});
    node(4, LONG).begin(HeldLeadership.take(server));
    long slowest = 0;
    for (int i = 0; i < 50; i++) {
      String id = submit("1");
      await("task ends", () -> ended(id));
      var done = (TaskState.Completed) task(id).state();
      slowest =
          Math.max(slowest, Duration.between(task(id).submittedAt(), done.startedAt()).toMillis());
    }
    assertTrue(slowest < 900, "a task waited " + slowest + " ms: it was polled, not woken");
  }

  private <T> String submitFor(TaskOption<T> option, T value) {
    TaskOptions options = TaskOptions.NONE.with(option, value);
    NewTask task = new NewTask(Priority.MEDIUM, "note", new byte[] {'1'}, options);
    return assertInstanceOf(SubmitResult.Accepted.class, tasks.submit(task)).id();
  }

  @Test
  void a_task_starts_when_it_is_due_and_never_before_and_an_earlier_one_wakes_the_leader() {
    runner(task -> {});
    String far = submitFor(TaskOption.DELAY, Duration.ofHours(1));
    node(4, LONG).begin(HeldLeadership.take(server));
    long latest = 0;
    for (int i = 0; i < 20; i++) {
      Duration delay = Duration.ofMillis(20 + 17 * i % 60);
      String id = submitFor(TaskOption.DELAY, delay);
      await("it ends", () -> ended(id));
      Instant due = task(id).submittedAt().plus(delay);
      long late =
          Duration.between(due, ((TaskState.Completed) task(id).state()).startedAt()).toMillis();
      assertTrue(late >= 0, "started before it was due");
      latest = Math.max(latest, late);
    }
    assertTrue(latest < 900, "a task started " + latest + " ms after it was due");
    assertInstanceOf(TaskState.Scheduled.class, task(far).state());
  }

  @Test
  void what_is_scheduled_outlives_its_leader() {
    runner(task -> {});
    String id = submitFor(TaskOption.RUN_AT, Instant.now().plusMillis(300));
    HeldLeadership lost = HeldLeadership.take(server);
    SchedulerNode first = node(1, LONG);
    first.begin(lost);
    lost.lose();
    assertTrue(endedWithin(first, false, Duration.ZERO));
    assertInstanceOf(TaskState.Scheduled.class, task(id).state());
    node(1, LONG).begin(HeldLeadership.take(server));
    await("the next leader runs it", () -> ended(id));
    assertEquals(1, task(id).attempts());
  }

  @Test
  void a_runner_that_throws_or_exhausts_the_stack_ends_its_own_attempt_and_nothing_else() {
    runner(task -> {
      switch (new String(task.payload(), UTF_8)) {
        case "1" -> throw new IllegalStateException("no\nsuch thing");
        case "2" -> recurse(0);
        case "3" -> throw new Error("an error");
        default -> {}
      }
    });
    List<String> ids = List.of(submit("1"), submit("2"), submit("3"), submit("4"));
    node(2, LONG).begin(HeldLeadership.take(server));

    await("all end", () -> ids.stream().allMatch(this::ended));
    assertEquals("no such thing", ((TaskState.Dead) task(ids.get(0)).state()).error());
    assertEquals("StackOverflowError", ((TaskState.Dead) task(ids.get(1)).state()).error());
    assertEquals("an error", ((TaskState.Dead) task(ids.get(2)).state()).error());
    assertInstanceOf(TaskState.Completed.class, task(ids.get(3)).state());
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  @Test
  void
      an_attempt_past_its_time_is_interrupted_and_one_that_ignores_it_keeps_its_permit_and_its_end_is_refused() {
    AtomicBoolean go = new AtomicBoolean();
    AtomicInteger interrupted = new AtomicInteger();
    runner(task -> {
      if (new String(task.payload(), UTF_8).equals("\"polite\"")) {
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          interrupted.incrementAndGet();
          throw e;
        }
      }
      while (!go.get()) {
        Thread.onSpinWait();
        if (Thread.interrupted()) {
          interrupted.incrementAndGet();
        }
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
    });
    String polite = submit("\"polite\"");
    String stubborn = submit("\"stubborn\"");
    SchedulerNode node = node(2, Duration.ofMillis(300));
    node.begin(HeldLeadership.take(server));

    await("both are timed out", () -> ended(polite) && ended(stubborn) && interrupted.get() == 2);
    assertTrue(
        ((TaskState.Dead) task(stubborn).state()).error().startsWith("timed out after 300 ms"));
    assertEquals(1, node.running());
    await("the stubborn one is told", () -> ledger.stuck.get() == 1);
    go.set(true);
    await("its thread is over", () -> node.running() == 0);
    assertInstanceOf(TaskState.Dead.class, task(stubborn).state());
  }

  @Test
  void a_type_that_the_leader_does_not_know_goes_back_delayed_and_uncharged() {
    runner(task -> {});
    String id = submit(Priority.HIGH, "unknown-here", "1");
    node(1, LONG).begin(HeldLeadership.take(server));

    await("it is requeued", () -> task(id).state() instanceof TaskState.Scheduled);
    assertTrue(ledger.outcomes.contains("unknown-type"));
    runner("unknown-here", task -> TaskResult.NONE);
    node(1, LONG).begin(HeldLeadership.take(server));
    await("a leader that knows it runs it", () -> ended(id));
    assertInstanceOf(TaskState.Completed.class, task(id).state());
    assertEquals(2, task(id).attempts());
  }

  @Test
  void a_planned_end_drains_what_runs_and_puts_the_rest_back_in_order_uncharged() {
    CountDownLatch first = new CountDownLatch(1);
    List<String> started = java.util.Collections.synchronizedList(new ArrayList<>());
    runner(task -> {
      started.add(task.id());
      if (new String(task.payload(), UTF_8).equals("0")) {
        first.await();
      } else {
        Thread.sleep(60_000);
      }
    });
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(submit(Integer.toString(i)));
    }
    SchedulerNode node = node(3, LONG);
    node.begin(HeldLeadership.take(server));
    await("three run", () -> started.size() == 3);
    CountDownLatch ended = new CountDownLatch(1);
    node.end(true, Duration.ofMillis(700), ended::countDown);
    first.countDown();

    await("the end comes", () -> ended.getCount() == 0);
    assertInstanceOf(TaskState.Completed.class, task(ids.get(0)).state());
    assertInstanceOf(TaskState.Ready.class, task(ids.get(1)).state());
    assertEquals(0, node.running());
    started.clear();
    runner(task -> started.add(task.id()));
    node(1, LONG).begin(HeldLeadership.take(server));
    await("the next leader runs the rest", () -> ids.stream().allMatch(this::ended));
    assertEquals(ids.subList(1, 5), started);
    assertEquals(2, task(ids.get(1)).attempts());
  }

  @Test
  void an_idle_planned_end_is_quick_and_claims_nothing_after() {
    runner(task -> {});
    SchedulerNode node = node(4, LONG);
    node.begin(HeldLeadership.take(server));
    String before = submit("1");
    await("it runs", () -> ended(before));

    assertTrue(endedWithin(node, true, Duration.ofSeconds(10)));
    String after = submit("2");
    assertInstanceOf(TaskState.Ready.class, task(after).state());
  }

  @Test
  void an_unplanned_end_writes_nothing_and_the_next_leader_takes_the_tasks_back() {
    AtomicInteger runs = new AtomicInteger();
    runner(task -> {
      if (runs.incrementAndGet() == 1) {
        Thread.sleep(60_000);
      }
    });
    String id = submit("1");
    SchedulerNode node = node(1, LONG);
    HeldLeadership lost = HeldLeadership.take(server);
    node.begin(lost);
    await("it runs", () -> runs.get() == 1);
    lost.lose();

    assertTrue(endedWithin(node, false, Duration.ZERO));
    assertInstanceOf(TaskState.Running.class, task(id).state());
    node(1, LONG).begin(HeldLeadership.take(server));
    await("the next leader ends it", () -> ended(id));
    assertEquals(2, task(id).attempts());
    assertTrue(ledger.outcomes.contains("lost"));
  }

  @Test
  void a_leader_that_was_succeeded_writes_nothing_and_steps_down() {
    CountDownLatch go = new CountDownLatch(1);
    runner(task -> go.await());
    String id = submit("1");
    SchedulerNode old = node(1, LONG);
    HeldLeadership succeeded = HeldLeadership.take(server);
    old.begin(succeeded);
    await("it runs", () -> task(id).state() instanceof TaskState.Running);
    HeldLeadership.take(server);
    go.countDown();

    await("it is told", () -> succeeded.fencedCalls.get() > 0);
    assertInstanceOf(TaskState.Running.class, task(id).state());
    assertFalse(ledger.outcomes.contains("completed"));
  }

  @Test
  void a_thousand_sleepers_run_at_once() {
    CountDownLatch all = new CountDownLatch(1000);
    runner(task -> {
      all.countDown();
      all.await();
    });
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      ids.add(submit("1"));
    }
    node(1000, LONG).begin(HeldLeadership.take(server));
    await("all met", () -> all.getCount() == 0);
    await("all end", () -> ledger.count("completed") == 1000);
  }
}
