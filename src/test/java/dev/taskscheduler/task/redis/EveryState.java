package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A task in each state, under an id that names it.
final class EveryState {
  private EveryState() {}

  /// @return the token of the leader that made them, of epoch 1001; the one before lost `crashed`
  static FencingToken make(StoreOnRedis store) {
    FencingToken old = store.lead(1000);
    store.claims.recordLeader(old);
    store.submit("crashed", Priority.HIGH);
    store.claimOne(old);
    FencingToken token = store.lead(1001);
    store.claims.recordLeader(token);
    store.claims.recover(token);
    complete(store, token, "crashed", TaskOptions.NONE, "{\"n\": 1}");
    complete(store, token, "done", TaskOptions.NONE, "");
    complete(
        store, token, "kept", TaskOptions.NONE.with(TaskOption.RETENTION, Duration.ofDays(7)), "");
    submit(store, "dead", "log", TaskOptions.NONE);
    fail(store, token, Optional.empty());
    submit(store, "retrying", "log", TaskOptions.NONE);
    fail(store, token, Optional.of(Duration.ofHours(1)));
    submit(
        store,
        "expired",
        "log",
        TaskOptions.NONE.with(TaskOption.EXPIRES_AT, Instant.EPOCH.plusMillis(1)));
    store.claim(token, 1);
    submit(store, "running", "log", TaskOptions.NONE);
    store.claimOne(token);
    store.submit("cancelled", Priority.LOW);
    store.commands.cancel("cancelled");
    store.queues.pause("mail", "");
    submit(store, "paused", "log", TaskOptions.NONE.with(TaskOption.QUEUE, "mail"));
    submit(store, "scheduled", "log", TaskOptions.NONE.with(TaskOption.DELAY, Duration.ofHours(2)));
    store.submit("ready-high", Priority.HIGH);
    store.submit("ready-medium", Priority.MEDIUM);
    store.submit("ready-low", Priority.LOW);
    return token;
  }

  private static void submit(StoreOnRedis store, String id, String type, TaskOptions options) {
    NewTask task = new NewTask(Priority.HIGH, type, StoreOnRedis.payload(id), options);
    get(store.intake.submit(id, task));
  }

  private static void complete(
      StoreOnRedis store, FencingToken token, String id, TaskOptions options, String result) {
    if (!id.equals("crashed")) {
      submit(store, id, "log", options);
    }
    Claim claim = store.claimOne(token);
    get(store.claims.end(token, claim, new Outcome.Success(result.getBytes(UTF_8))));
  }

  private static void fail(StoreOnRedis store, FencingToken token, Optional<Duration> retryIn) {
    Outcome outcome = new Outcome.Failure("the target answered 500", false, retryIn);
    get(store.claims.end(token, store.claimOne(token), outcome));
  }
}
