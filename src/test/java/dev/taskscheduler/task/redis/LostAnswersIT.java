package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.FaultyProxy;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// What Redis has done and could not tell: calls whose answer was lost, and what is sent again.
class LostAnswersIT {
  private static final NewTask TASK = new NewTask(Priority.HIGH, "log", new byte[] {'1'});

  private static StoreOnRedis through(FaultyProxy link, RedisServer server) {
    return new StoreOnRedis(
        server,
        new Redis(
            RedisConfig.parse("127.0.0.1:" + link.port()),
            new Namespace("scheduler"),
            new Redis.Pool("test", 12, Duration.ofSeconds(2)),
            RedisListener.NONE),
        StoreOnRedis.LIMITS);
  }

  @Test
  void a_submission_whose_answer_is_lost_is_sent_again_and_kept_once() {
    try (RedisServer server = new RedisServer();
        FaultyProxy link = new FaultyProxy(server.port());
        StoreOnRedis store = through(link, server)) {
      store.submit("warm", Priority.HIGH); // the script is known, a connection open
      Eventually.await("health is asked", () -> store.health().available());
      store.tasks.close(); // no question of its own takes the fault
      try (RedisTasks fresh =
          new RedisTasks(store.redis, new Namespace("scheduler"), StoreOnRedis.LIMITS)) {
        Eventually.await("health is asked", () -> fresh.ports().health().get().available());
        for (int i = 0; i < 20; i++) {
          link.loseAnswers(2);
          assertEquals(
              new SubmitResult.Accepted("a" + i, Durability.MEMORY),
              get(fresh.ports().intake().submit("a" + i, TASK)));
        }
      }
      assertTrue(link.lost() >= 20, "lost " + link.lost());
      List<String> ready = store.jedis.lrange("{scheduler}:ready:high:default", 0, -1);
      assertEquals(21, ready.size());
      assertEquals(21, Set.copyOf(ready).size(), "each is kept once");
    }
  }

  @Test
  void what_may_have_been_kept_is_not_refused_for_what_comes_after_its_answer_was_lost() {
    try (RedisServer server = new RedisServer();
        FaultyProxy link = new FaultyProxy(server.port());
        StoreOnRedis store = through(link, server)) {
      store.submit("warm", Priority.HIGH);
      store.tasks.close();
      try (RedisTasks fresh =
          new RedisTasks(store.redis, new Namespace("scheduler"), StoreOnRedis.LIMITS)) {
        Eventually.await("health is asked", () -> fresh.ports().health().get().available());
        int unknown = 0;
        for (int i = 0; i < 20; i++) {
          String id = "a" + i;
          store.jedis.aclSetUser("default", "+set");
          fresh.ports().pauses().paused(); // no right is missing
          store.jedis.aclSetUser("default", "-set"); // submit-plain.lua passes, submit.lua does not
          link.loseAnswers(1); // its own, mostly
          try {
            get(fresh.ports().intake().submit(id, TASK));
          } catch (StoreException e) {
            assertInstanceOf(StoreException.Unavailable.class, e);
            unknown++;
          }
          assertTrue(store.jedis.exists("{scheduler}:task:" + id), "kept");
        }
        assertTrue(unknown > 0);
      }
    }
  }

  @Test
  void ends_and_requeues_whose_answers_are_lost_may_be_sent_again() {
    try (RedisServer server = new RedisServer();
        FaultyProxy link = new FaultyProxy(server.port());
        StoreOnRedis store = through(link, server)) {
      FencingToken token = store.lead(1);
      store.submitAll(Priority.HIGH, "a", "b");
      List<Claim> claims = store.claim(token, 2);
      link.loseAnswers(3);
      sendUntilRecorded(() -> store.claims.end(token, claims.get(0), Outcome.SUCCESS));
      link.loseAnswers(3);
      sendUntilRecorded(() -> store.claims.requeue(token, claims.get(1), Duration.ZERO));
      assertEquals(List.of("a"), store.jedis.lrange("{scheduler}:done", 0, -1));
      assertEquals(List.of("b"), store.jedis.lrange("{scheduler}:ready:high:default", 0, -1));
    }
  }

  /// Sends what may be sent again, as the node does, until it is answered.
  static void sendUntilRecorded(Supplier<CompletableFuture<?>> call) {
    for (int i = 0; i < 20; i++) {
      try {
        Object answer = get(call.get());
        assertTrue(
            Set.of(true, AttemptEnd.COMPLETED, AttemptEnd.BEFORE).contains(answer),
            "recorded, now or before: " + answer);
        return;
      } catch (StoreException.Unavailable | StoreException.Refused e) {
        // once more
      }
    }
    throw new AssertionError("never answered");
  }
}
