package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.redis.RedisTasks;
import dev.taskscheduler.testing.FaultyProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A leader's first claim: one call where nothing is to be recovered, and never before recovery.
class FirstClaimIT extends NodeOnRedis {
  private final List<String> runs = Collections.synchronizedList(new ArrayList<>());

  private List<String> submitted() {
    runner(
        "note",
        task -> {
          runs.add(task.id() + "#" + task.attempt());
          return TaskResult.NONE;
        });
    return List.of(submit(TaskOptions.NONE), submit(TaskOptions.NONE), submit(TaskOptions.NONE));
  }

  /// An earlier leader claims one and is gone.
  private void oneIsLost() {
    try (Redis redis = server.redis(8);
        RedisTasks tasks = new RedisTasks(redis, new Namespace("scheduler"), NodeOnRedis.LIMITS)) {
      tasks.claims().claim(HeldLeadership.take(server).token(), 1, 1, PriorityShares.STRICT);
    }
  }

  @Test
  void a_leader_that_follows_a_planned_stop_claims_with_its_first_call() {
    List<String> ids = submitted();
    SchedulerNode node = node(3);
    jedis.configResetStat();
    HeldLeadership leadership = lead(node);
    await("all run", () -> ids.stream().allMatch(this::completed));
    assertEquals(
        ids.stream().map(id -> id + "#1").sorted().toList(), runs.stream().sorted().toList());
    assertEquals(List.of(leadership.token().epoch() + " "), jedis.zrange(NS + "leaders", 0, -1));
    assertTrue(!jedis.info("commandstats").contains("cmdstat_hscan"), "it looked for lost tasks");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_first_claim_whose_answer_is_lost_is_settled_and_every_task_runs(boolean afterALoss) {
    List<String> ids = submitted();
    if (afterALoss) {
      oneIsLost();
    }
    try (FaultyProxy link = new FaultyProxy(server.port());
        Redis through =
            new Redis(
                RedisConfig.parse("127.0.0.1:" + link.port()),
                new Namespace("scheduler"),
                new Redis.Pool("test", 12, Duration.ofSeconds(2)),
                RedisListener.NONE)) {
      SchedulerNode node = node(3, through);
      await(
          "it listens",
          () ->
              jedis.pubsubNumSub(NS + "wake", NS + "maintenance", NS + "cancel").values().stream()
                  .allMatch(listeners -> listeners == 1));
      assertTrue(through.ping()); // so that the next answer is that of the first claim
      link.loseAnswers(1);
      lead(node);
      await("all run", () -> ids.stream().allMatch(this::completed));
      assertEquals(1, link.lost());
    }
    List<String> expected = new ArrayList<>(ids.stream().map(id -> id + "#1").toList());
    if (afterALoss) {
      expected.set(0, ids.getFirst() + "#2");
    }
    assertEquals(expected.stream().sorted().toList(), runs.stream().sorted().toList());
    assertEquals(afterALoss ? 1 : 0, ledger.count("lost"));
  }
}
