package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// What tests of scripts begin with: an empty Redis, a store on it, and a leader.
abstract class OnOneRedis {
  static final String NS = "{scheduler}:";
  static RedisServer server;
  StoreOnRedis store;
  FencingToken token;

  @BeforeAll
  static void startRedis() {
    server = new RedisServer();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  TaskLimits limits() {
    return StoreOnRedis.LIMITS;
  }

  @BeforeEach
  void open() {
    store = new StoreOnRedis(server, limits());
    store.jedis.flushAll();
    token = store.lead(1000);
  }

  @AfterEach
  void close() {
    store.jedis.configSet("maxmemory", "0");
    store.close();
  }

  /// Another leader takes over and recovers.
  void succeed() {
    token = store.lead(token.epoch() + 1);
    store.claims.recover(token);
  }

  SubmitResult submit(String id, String type, TaskOptions options, SubmitOptions terms) {
    return get(
        store.intake.submit(
            id, new NewTask(Priority.HIGH, type, StoreOnRedis.payload(id), options, terms)));
  }

  void submit(String id, TaskOptions options) {
    assertEquals(
        new SubmitResult.Accepted(id, Durability.MEMORY),
        submit(id, "log", options, SubmitOptions.NONE));
  }

  /// Submits a task and claims it.
  Claim running(String id, TaskOptions options) {
    submit(id, options);
    Claim claim = store.claimOne(token);
    assertEquals(id, claim.id());
    return claim;
  }

  static Outcome failed(String error) {
    return new Outcome.Failure(error, false, Optional.empty());
  }

  static Outcome again(String error, Duration delay) {
    return new Outcome.Failure(error, false, Optional.of(delay));
  }

  /// What differs from `before`, without the names of what changed for the lease alone.
  Map<String, String> changed(Map<String, String> before) {
    Map<String, String> changed = StoreOnRedis.changed(server, before);
    changed.remove("leader");
    return changed;
  }

  long redisMs() {
    List<String> time = store.jedis.time();
    return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
  }

  /// A due time that lies `delay` after now, or was set to that a moment ago.
  void assertDue(String id, Duration delay) {
    double left = store.jedis.zscore(NS + "scheduled", id) - redisMs();
    assertTrue(
        left <= delay.toMillis() && left > delay.toMillis() - 5000, id + " is due in " + left);
  }

  /// Redis has no room for another byte.
  void fill() {
    store.jedis.configSet("maxmemory", "1");
    assertThrows(StoreException.Refused.class, () -> store.submit("one too many", Priority.LOW));
  }
}
