package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// What a Redis that is away, hung, full, locked or forgetful means for those who call.
class RedisTasksIT {
  private static final NewTask TASK = new NewTask(Priority.HIGH, "log", new byte[] {'1'});

  private static final TaskLimits MANY = new TaskLimits(100_000, 3, Duration.ofHours(1), 100, 100);
  private static final Namespace NAMESPACE = new Namespace("scheduler");

  private static Redis redis(String address) {
    return new Redis(
        RedisConfig.parse(address),
        new Namespace("scheduler"),
        new Redis.Pool("test", 12, Duration.ofSeconds(2)),
        RedisListener.NONE);
  }

  private static void within(Duration most, Runnable action) {
    long start = System.nanoTime();
    action.run();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(most) < 0, "took " + took);
  }

  @Test
  void a_redis_that_is_away_refuses_soon_and_says_where_it_was_looked_for() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      store.submit("a", Priority.HIGH);
      FencingToken token = store.lead(1);
      server.kill();
      within(
          Duration.ofSeconds(3),
          () -> {
            // The connections of before are found broken first: those calls are unknown.
            while (true) {
              var failure = assertThrows(StoreException.class, () -> store.queries.find("a"));
              if (failure instanceof StoreException.Refused) {
                assertTrue(failure.getMessage().contains(server.address()), failure.getMessage());
                break;
              }
            }
          });
      within(
          Duration.ofSeconds(3),
          () -> {
            var refused =
                assertThrows(StoreException.Refused.class, () -> store.submit("b", Priority.HIGH));
            assertTrue(refused.getMessage().contains("cannot be reached"), refused.getMessage());
          });
      assertThrows(StoreException.Refused.class, () -> store.claim(token, 1));
    }
  }

  @Test
  void a_redis_killed_under_load_keeps_what_was_accepted_and_each_once() throws Exception {
    try (RedisServer server = new RedisServer("appendonly yes", "appendfsync always");
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      List<CompletableFuture<SubmitResult>> answers = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        answers.add(store.intake.submit("t%04d".formatted(i), TASK));
        if (i == 1500) {
          answers.get(700).join();
          server.restart();
        }
      }
      List<String> accepted = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        try {
          answers.get(i).get();
          accepted.add("t%04d".formatted(i));
        } catch (ExecutionException e) {
          assertTrue(e.getCause() instanceof StoreException, String.valueOf(e.getCause()));
        }
      }
      try (var jedis = server.jedis()) {
        List<String> kept = jedis.lrange("{scheduler}:ready:high:default", 0, -1);
        assertEquals(kept.size(), Set.copyOf(kept).size(), "each is kept once");
        assertTrue(Set.copyOf(kept).containsAll(accepted), "what was accepted is kept");
        assertTrue(accepted.size() > 1400, "accepted " + accepted.size());
      }
    }
  }

  @Test
  void a_hung_redis_leaves_the_outcome_unknown_soon_and_all_goes_on_after() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      FencingToken token = store.lead(1);
      store.submitAll(Priority.HIGH, "a", "b");
      store.queries.find("a");
      Claim a = store.claimOne(token);
      server.pause();
      var submission = store.intake.submit("c", TASK);
      var question = StoreOnRedis.later(() -> store.queries.find("a"));
      long sequence = store.nextSequence();
      var claim =
          StoreOnRedis.later(() -> store.claims.claim(token, sequence, 1, PriorityShares.STRICT));
      var end = store.claims.end(token, a, Outcome.SUCCESS);
      within(
          Duration.ofSeconds(4),
          () -> {
            for (CompletableFuture<?> call : List.of(submission, question, claim, end)) {
              assertThrows(StoreException.class, () -> get(call));
            }
          });
      assertThrows(StoreException.Unavailable.class, () -> get(submission));
      server.resume();
      assertEquals(
          new SubmitResult.Accepted("c", Durability.MEMORY), store.submit("c", Priority.HIGH));
      List<Claim> reconciled = store.claims.reconcile(token, store.sequence(), Map.of("a", 1));
      assertTrue(reconciled.size() <= 1);
      LostAnswersIT.sendUntilRecorded(() -> store.claims.end(token, a, Outcome.SUCCESS));
      int more = store.claim(token, 10).size();
      assertEquals(2, reconciled.size() + more, "b and c, each once");
    }
  }

  @Test
  void what_waited_too_long_behind_a_hung_redis_is_refused_and_never_sent() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      store.submit("warm", Priority.HIGH);
      server.pause();
      NewTask large = new NewTask(Priority.LOW, "log", new byte[1 << 20]);
      List<CompletableFuture<SubmitResult>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(store.intake.submit("t" + i, large));
      }
      assertTrue(
          all.getLast().isCompletedExceptionally(), "64 MiB may wait, the rest is refused at once");
      List<String> refused = new ArrayList<>();
      within(
          Duration.ofSeconds(9),
          () -> {
            for (int i = 0; i < all.size(); i++) {
              CompletableFuture<SubmitResult> one = all.get(i);
              if (assertThrows(StoreException.class, () -> get(one))
                  instanceof StoreException.Refused) {
                refused.add("t" + i);
              }
            }
          });
      assertTrue(refused.size() >= 90, "refused " + refused.size());
      server.resume();
      store.submit("after", Priority.HIGH);
      refused.forEach(id -> assertFalse(store.jedis.exists("{scheduler}:task:" + id), id));
    }
  }

  @Test
  void a_wrong_password_is_said_to_be_one() {
    try (RedisServer server = new RedisServer("requirepass secret");
        Redis none = redis(server.address());
        Redis wrong = redis("redis://:wrong@" + server.address())) {
      for (Redis redis : List.of(none, wrong)) {
        try (RedisTasks store = new RedisTasks(redis, NAMESPACE, StoreOnRedis.LIMITS)) {
          var refused =
              assertThrows(
                  StoreException.Refused.class,
                  () -> get(store.ports().intake().submit("a", TASK)));
          assertTrue(refused.getMessage().contains("refuses the login"), refused.getMessage());
          assertFalse(refused.getMessage().contains("wrong@"), "no password in a message");
          Eventually.await(
              "health says so",
              () ->
                  store
                      .ports()
                      .health()
                      .get()
                      .problem()
                      .filter(p -> p.contains("login"))
                      .isPresent());
        }
      }
    }
  }

  @Test
  void a_redis_that_cannot_write_its_disk_refuses_and_health_says_why() throws IOException {
    Path folder = Files.createTempDirectory("redis-snapshots");
    try (RedisServer server = new RedisServer("save 3600 1", "enable-protected-configs yes");
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      store.submit("a", Priority.HIGH);
      store.jedis.configSet("dir", folder.toString());
      Files.delete(folder);
      store.jedis.bgsave();
      Eventually.await(
          "the snapshot fails",
          () -> store.jedis.info("persistence").contains("rdb_last_bgsave_status:err"));
      var refused =
          assertThrows(StoreException.Refused.class, () -> store.submit("b", Priority.HIGH));
      assertTrue(refused.getMessage().contains("cannot write to its disk"), refused.getMessage());
      assertFalse(store.jedis.exists("{scheduler}:task:b"));
      Eventually.await(
          "health says so",
          () -> store.health().problem().filter(p -> p.contains("snapshots")).isPresent());
      store.jedis.configSet("stop-writes-on-bgsave-error", "no");
      assertEquals(
          new SubmitResult.Accepted("b", Durability.MEMORY), store.submit("b", Priority.HIGH));
      Eventually.await("all is well", () -> store.health().problem().isEmpty());
    } finally {
      Files.deleteIfExists(folder);
    }
  }

  @Test
  void scripts_that_redis_forgot_are_sent_again() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      FencingToken token = store.lead(1);
      for (int i = 0; i < 3; i++) {
        store.jedis.scriptFlush();
        assertEquals(
            new SubmitResult.Accepted("a" + i, Durability.MEMORY),
            store.submit("a" + i, Priority.HIGH));
        store.jedis.scriptFlush();
        assertEquals(
            AttemptEnd.COMPLETED,
            get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS)));
      }
    }
  }

  @Test
  void submissions_of_many_at_once_are_all_kept_once_and_in_each_ones_order() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, MANY)) {
      int submitters = 64;
      int each = 300;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int s = 0; s < submitters; s++) {
          int submitter = s;
          threads.submit(() -> {
            for (int i = 0; i < each; i++) {
              get(store.intake.submit("%02d-%04d".formatted(submitter, i), TASK));
            }
          });
        }
      }
      List<String> ready = store.jedis.lrange("{scheduler}:ready:high:default", 0, -1).reversed();
      assertEquals(submitters * each, ready.size());
      assertEquals(submitters * each, Set.copyOf(ready).size());
      int[] next = new int[submitters];
      for (String id : ready) {
        int submitter = Integer.parseInt(id.substring(0, 2));
        assertEquals(next[submitter]++, Integer.parseInt(id.substring(3)), "first in, first out");
      }
    }
  }

  @Test
  void health_tells_persistence_eviction_replicas_and_loss() {
    try (RedisServer server = new RedisServer("appendonly yes", "appendfsync everysec");
        RedisServer other = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      Eventually.await("answers", () -> store.health().available());
      StoreHealth health = store.health();
      assertEquals(Optional.of("aof-everysec"), health.persistence());
      assertEquals(Optional.of("noeviction"), health.evictionPolicy());
      assertEquals(Optional.empty(), health.problem());
      assertEquals(0, health.replicas());
      store.jedis.configSet("appendonly", "no");
      store.jedis.configSet("maxmemory-policy", "allkeys-lru");
      try (var jedis = other.jedis()) {
        jedis.replicaof("127.0.0.1", server.port());
      }
      Eventually.await(
          "eviction is a problem",
          () -> store.health().problem().filter(p -> p.contains("allkeys-lru")).isPresent());
      assertEquals(Optional.of("none"), store.health().persistence());
      Eventually.await("a replica", () -> store.health().replicas() == 1);
      aReplicaIsNotWrittenTo(other);
      server.pause();
      Eventually.await("lost", Duration.ofSeconds(4), () -> !store.health().available());
      assertEquals(Optional.of("allkeys-lru"), store.health().evictionPolicy(), "the last known");
      server.resume();
      Eventually.await("back", Duration.ofSeconds(4), () -> store.health().available());
    }
  }

  private static void aReplicaIsNotWrittenTo(RedisServer replica) {
    try (Redis redis = replica.redis(4);
        RedisTasks store = new RedisTasks(redis, NAMESPACE, StoreOnRedis.LIMITS)) {
      var refused =
          assertThrows(
              StoreException.Refused.class, () -> get(store.ports().intake().submit("a", TASK)));
      assertTrue(refused.getMessage().contains("primary"), refused.getMessage());
      Eventually.await(
          "health says so",
          () ->
              store
                  .ports()
                  .health()
                  .get()
                  .problem()
                  .filter(p -> p.contains("primary"))
                  .isPresent());
    }
  }

  @Test
  void a_closed_store_refuses_and_leaves_no_future_open() {
    try (RedisServer server = new RedisServer()) {
      StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS);
      FencingToken token = store.lead(1);
      store.submit("a", Priority.HIGH);
      Claim claim = store.claimOne(token);
      store.close();
      List<CompletableFuture<?>> calls =
          List.of(
              store.intake.submit("b", TASK),
              StoreOnRedis.later(() -> store.queries.find("a")),
              StoreOnRedis.later(store.queries::counts),
              store.claims.end(token, claim, Outcome.SUCCESS));
      calls.forEach(call -> assertThrows(StoreException.Refused.class, () -> get(call)));
    }
  }
}
