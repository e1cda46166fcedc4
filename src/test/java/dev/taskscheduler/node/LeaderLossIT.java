package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.task.redis.RedisTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// A leader that dies at the worst moments of a task's life: what it had done by then is done by
/// its store alone, since nothing of a dead one goes on; the next leader is a node.
class LeaderLossIT extends NodeOnRedis {
  private static final TaskOptions NONE = TaskOptions.NONE;
  private final List<String> runs = Collections.synchronizedList(new ArrayList<>());

  private interface LastWill {
    void of(RedisTasks tasks, FencingToken token);
  }

  /// What a leader did before it died.
  private void dies(LastWill will) {
    try (Redis redis = server.redis(8);
        RedisTasks tasks = new RedisTasks(redis, new Namespace("scheduler"), NodeOnRedis.LIMITS)) {
      will.of(tasks, HeldLeadership.take(server).token());
    }
  }

  private static List<Claim> claim(RedisTasks tasks, FencingToken token, int limit) {
    return tasks.claims().claim(token, 1, limit, PriorityShares.STRICT).claims();
  }

  private void notes() {
    runner(
        "note",
        task -> {
          runs.add(task.id() + "#" + task.attempt());
          return TaskResult.NONE;
        });
  }

  @Test
  void between_claim_and_run() {
    notes();
    List<String> ids = List.of(submit(NONE), submit(NONE), submit(NONE));
    dies((tasks, token) -> assertEquals(2, claim(tasks, token, 2).size()));
    lead(node(1));
    await("all run", () -> ids.stream().allMatch(this::completed));
    assertEquals(List.of(ids.get(0) + "#2", ids.get(1) + "#2", ids.get(2) + "#1"), runs);
    assertTrue(trail(ids.get(0)).getFirst().endsWith(" l its leader was lost while it ran"));
    assertEquals(2, ledger.count("lost"));
  }

  @Test
  void between_run_and_end_whose_record_is_lost() {
    notes();
    CountDownLatch ran = new CountDownLatch(1);
    String id = submit(NONE);
    SchedulerNode first = node(1);
    HeldLeadership lost = HeldLeadership.take(server);
    runner(
        "note",
        task -> {
          runs.add(task.id() + "#" + task.attempt());
          HeldLeadership.take(server); // another leads before the end is sent
          ran.countDown();
          return TaskResult.NONE;
        });
    SchedulerNode node = node(1);
    node.begin(lost);
    await("it ran", () -> ran.getCount() == 0);
    await("its end was fenced", () -> lost.fencedCalls.get() > 0);
    assertInstanceOf(TaskState.Running.class, state(id));
    assertEquals(0, ledger.count("completed"));
    notes();
    lead(node(1));
    await("the next leader runs it again", () -> completed(id));
    assertEquals(List.of(id + "#1", id + "#2"), runs);
    assertEquals(0, first.running());
  }

  @Test
  void after_an_end_whose_answer_is_lost() {
    notes();
    String tried = submit(NONE);
    String done =
        submit(
            NONE.with(TaskOption.CALLBACK_URL, "http://example.org/")
                .with(TaskOption.CALLBACK_ON, Callback.When.BOTH)
                .with(TaskOption.UNIQUE_KEY, "ab"));
    dies((tasks, token) -> {
      List<Claim> all = claim(tasks, token, 2);
      tasks
          .claims()
          .end(
              token,
              all.get(0),
              new Outcome.Failure("no", false, Optional.of(Duration.ofMillis(1))))
          .join();
      tasks.claims().end(token, all.get(1), new Outcome.Success("7".getBytes(UTF_8))).join();
    });
    lead(node(1));
    await("what failed is tried again", () -> completed(tried));
    assertEquals(List.of(tried + "#2"), runs, "and what completed is not");
    assertTrue(completed(done));
    assertEquals(List.of("=7"), trail(done));
    assertEquals(0, ledger.count("lost"));
    assertEquals(3, jedis.keys(NS + "task:*").size(), "one callback");
  }

  @Test
  void during_promotion() {
    notes();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(submit(NONE.with(TaskOption.DELAY, Duration.ofMillis(50))));
    }
    await(
        "all are due",
        () -> jedis.zcount(NS + "scheduled", 0, System.currentTimeMillis() - 1) == ids.size());
    dies((tasks, token) -> assertEquals(7, tasks.maintenance().promote(token, 7).promoted()));
    lead(node(3));
    await("all run", () -> ids.stream().allMatch(this::completed));
    assertEquals(20, runs.size(), "each once: " + runs);
  }

  @Test
  void after_a_cancel_was_asked_for() {
    CountDownLatch begun = new CountDownLatch(1);
    runner(
        "note",
        task -> {
          runs.add(task.id());
          begun.countDown();
          new CountDownLatch(1).await();
          return TaskResult.NONE;
        });
    String id = submit(NONE.with(TaskOption.UNIQUE_KEY, "ab"));
    SchedulerNode node = node(1);
    HeldLeadership lost = lead(node);
    await("it runs", () -> begun.getCount() == 0);
    lost.lose(); // it hears of no cancel any more
    tasks.cancel(id);
    die(node, lost);
    assertInstanceOf(TaskState.Running.class, state(id));
    lead(node(1));
    await("the next leader cancels it", () -> state(id) instanceof TaskState.Cancelled);
    assertEquals(List.of(id), runs);
    await("it is told", () -> ledger.count("cancelled") == 1);
    assertEquals(0, jedis.hlen(NS + "cancelling"));
    assertEquals(0, jedis.keys(NS + "unique:*").size());
  }

  @Test
  void again_and_again_until_its_attempts_are_used_up() {
    String id = submit(NONE);
    for (int i = 1; i <= 3; i++) {
      int attempt = i;
      dies((tasks, token) -> {
        tasks.claims().recover(token);
        if (attempt == 3) {
          jedis.zadd(NS + "scheduled", 1, id); // five seconds are over
          tasks.maintenance().promote(token, 1);
        }
        assertEquals(attempt, claim(tasks, token, 1).getFirst().attempt());
      });
    }
    notes();
    lead(node(1));
    await("it is dead", () -> state(id) instanceof TaskState.Dead);
    assertEquals(3, trail(id).size());
    assertEquals(List.of(), runs);
  }
}
