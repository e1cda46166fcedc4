package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A store that holds tasks in all states, and whole passes over it.
final class Repairs {
  /// Hash of the unique key that `unique` holds.
  static final String KEY = "0123456789abcdef0123456789abcdef";

  private static final int MOST_STEPS = 100_000;
  private static final int MOST_PASSES = 100;

  private Repairs() {}

  /// A whole pass, which settles all that it suspects.
  ///
  /// @return what it put right
  static Map<RepairKind, Integer> pass(StoreOnRedis store, FencingToken token) {
    RepairPass pass = whole(store, token);
    assertEquals(0, pass.unsettled());
    return pass.repaired();
  }

  /// As many passes as it takes until nothing is left for another.
  ///
  /// @return what they put right
  static Map<RepairKind, Integer> passes(StoreOnRedis store, FencingToken token) {
    Map<RepairKind, Integer> all = new EnumMap<>(RepairKind.class);
    int left = 1;
    for (int passes = 0; left > 0; passes++) {
      assertTrue(passes < MOST_PASSES, "passes without an end");
      RepairPass pass = whole(store, token);
      pass.repaired().forEach((kind, times) -> all.merge(kind, times, Integer::sum));
      left = pass.unsettled();
    }
    return all;
  }

  private static RepairPass whole(StoreOnRedis store, FencingToken token) {
    RepairPass pass = store.maintenance.repair(token);
    int steps = 1;
    while (pass.step()) {
      assertTrue(steps++ < MOST_STEPS, "a pass without an end");
    }
    return pass;
  }

  static void submitMany(StoreOnRedis store, Priority priority, String name, int count) {
    List<CompletableFuture<SubmitResult>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NewTask task = new NewTask(priority, "log", StoreOnRedis.payload(name));
      answers.add(store.intake.submit(name + i, task));
    }
    answers.forEach(StoreOnRedis::get);
  }

  private static void submit(StoreOnRedis store, String id, String type, TaskOptions options) {
    get(store.intake.submit(id, new NewTask(Priority.HIGH, type, new byte[] {'1'}, options)));
  }

  private static void end(StoreOnRedis store, FencingToken token, Outcome outcome, String... ids) {
    store.claim(token, ids.length).forEach(claim -> get(store.claims.end(token, claim, outcome)));
    for (String id : ids) {
      assertTrue(store.queries.find(id).isPresent());
    }
  }

  /// Tasks in all states: `done`, `kept`, `result`, `dead`, `retried` and `delayed` (scheduled),
  /// `expired`, `running`, `slow0` and on in the paused queue `slow`, `cancelled` and `gone` (whose
  /// record was trimmed) which still stand in the list of high, `unique`; and `count` ready ones of
  /// each priority.
  static void fill(StoreOnRedis store, FencingToken token, int count) {
    store.submitAll(Priority.HIGH, "done");
    end(store, token, Outcome.SUCCESS, "done");
    submit(store, "kept", "log", TaskOptions.NONE.with(TaskOption.RETENTION, Duration.ofDays(3)));
    end(store, token, Outcome.SUCCESS, "kept");
    store.submitAll(Priority.HIGH, "result");
    end(store, token, new Outcome.Success("[2]".getBytes(UTF_8)), "result");
    store.submitAll(Priority.HIGH, "dead");
    end(store, token, new Outcome.Failure("no", false, Optional.empty()), "dead");
    store.submitAll(Priority.HIGH, "retried");
    end(store, token, new Outcome.Failure("no", true, Optional.of(Duration.ofHours(1))), "retried");
    submit(store, "delayed", "log", TaskOptions.NONE.with(TaskOption.DELAY, Duration.ofHours(2)));
    submit(
        store,
        "expired",
        "log",
        TaskOptions.NONE.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(5)));
    store.submitAll(Priority.HIGH, "running");
    store.queues.pause("slow", "");
    for (int i = 0; i < 3; i++) {
      submit(store, "slow" + i, "log", TaskOptions.NONE.with(TaskOption.QUEUE, "slow"));
    }
    assertEquals(List.of("running"), StoreOnRedis.ids(store.claim(token, 5)));
    submit(store, "unique", "log", TaskOptions.NONE.with(TaskOption.UNIQUE_KEY, KEY));
    store.submitAll(Priority.HIGH, "cancelled", "gone");
    store.commands.cancel("cancelled");
    store.commands.cancel("gone");
    store.jedis.del("{scheduler}:task:gone"); // as a trim does
    store.jedis.zrem("{scheduler}:cancelled", "gone");
    store.schedules.put("hourly", SchedulesOnRedis.every(Duration.ofHours(1)));
    submitMany(store, Priority.HIGH, "h", count);
    submitMany(store, Priority.MEDIUM, "m", count);
    submitMany(store, Priority.LOW, "l", count);
  }
}
