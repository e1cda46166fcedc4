package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.ScriptArgs;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Submissions that are to be kept by more than one Redis's memory, on Redis servers of their own;
/// and orders while none answers.
class DurabilityIT {
  private static NewTask task(Durability durability) {
    SubmitOptions terms = new SubmitOptions(Optional.empty(), Optional.empty(), durability);
    return new NewTask(Priority.HIGH, "log", new byte[] {'1'}, TaskOptions.NONE, terms);
  }

  private static SubmitResult submit(StoreOnRedis store, String id, Durability durability) {
    return get(store.intake.submit(id, task(durability)));
  }

  private static StoreOnRedis open(RedisServer server) {
    StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS);
    Eventually.await("health is known", () -> store.health().available());
    return store;
  }

  private static void assertNotDurable(SubmitResult answer, String reason) {
    String told = assertInstanceOf(SubmitResult.NotDurable.class, answer).reason();
    assertTrue(told.contains(reason), told);
  }

  @Test
  void a_replica_has_what_was_answered_to_be_there() {
    try (RedisServer primary = new RedisServer();
        RedisServer replica = RedisServer.replicaOf(primary);
        StoreOnRedis store = open(primary)) {
      Eventually.await("it is connected", () -> store.health().replicas() == 1);
      try (var jedis = replica.jedis()) {
        for (int i = 0; i < 20; i++) {
          assertEquals(
              new SubmitResult.Accepted("a" + i, Durability.REPLICA),
              submit(store, "a" + i, Durability.REPLICA));
          assertTrue(jedis.exists("{scheduler}:task:a" + i), "at once");
        }
        assertEquals(
            new SubmitResult.Accepted("a0", Durability.REPLICA),
            submit(store, "a0", Durability.REPLICA),
            "sent again");
      }
      assertEquals(20, store.jedis.llen("{scheduler}:ready:high:default"));
    }
  }

  @Test
  void a_replica_that_does_not_answer_leaves_it_at_memory_and_holds_up_nobody_else() {
    try (RedisServer primary = new RedisServer("appendonly yes", "appendfsync always");
        RedisServer replica = RedisServer.replicaOf(primary);
        StoreOnRedis store = open(primary)) {
      Eventually.await("it is connected", () -> store.health().replicas() == 1);
      replica.pause();
      List<CompletableFuture<SubmitResult>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) { // go together where they may
        all.add(
            store.intake.submit("t" + i, task(i % 2 == 0 ? Durability.REPLICA : Durability.FSYNC)));
      }
      long start = System.nanoTime();
      assertEquals(
          new SubmitResult.Accepted("m", Durability.MEMORY), submit(store, "m", Durability.MEMORY));
      assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 1000, "it waited too");
      for (int i = 0; i < 6; i++) {
        Durability reached = i % 2 == 0 ? Durability.MEMORY : Durability.FSYNC;
        assertEquals(new SubmitResult.Accepted("t" + i, reached), get(all.get(i)));
      }
      replica.resume();
      assertEquals(
          new SubmitResult.Accepted("b", Durability.REPLICA),
          submit(store, "b", Durability.REPLICA));
    }
  }

  @Test
  void without_a_replica_it_is_refused_and_nothing_kept() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = open(server)) {
      assertNotDurable(submit(store, "a", Durability.REPLICA), "no replica is connected");
      assertEquals(java.util.Map.of(), server.snapshot());
      assertEquals(
          new SubmitResult.Accepted("a", Durability.MEMORY), submit(store, "a", Durability.MEMORY));
    }
  }

  @Test
  void what_is_on_the_disk_outlives_the_server() {
    try (RedisServer server = new RedisServer("appendonly yes", "appendfsync always");
        StoreOnRedis store = open(server)) {
      for (int i = 0; i < 50; i++) {
        assertEquals(
            new SubmitResult.Accepted("a" + i, Durability.FSYNC),
            submit(store, "a" + i, Durability.FSYNC));
      }
      server.restart();
      try (var jedis = server.jedis()) {
        assertEquals(50, jedis.llen("{scheduler}:ready:high:default"));
      }
    }
  }

  /// For servers that sync later, or never: what newer ones can be waited for, this one cannot.
  @Test
  void a_redis_that_neither_syncs_nor_can_be_waited_for_refuses() {
    for (List<String> lines :
        List.of(
            List.of("appendonly no"),
            List.of("appendonly yes", "appendfsync everysec"),
            List.of("appendonly yes", "appendfsync no"))) {
      try (RedisServer server = new RedisServer(lines.toArray(String[]::new));
          StoreOnRedis store = open(server)) {
        boolean canWait =
            !store.health().version().orElseThrow().matches("[0-6]\\..*|7\\.[01]\\..*");
        if (canWait && lines.contains("appendfsync everysec")) {
          assertEquals(
              new SubmitResult.Accepted("a", Durability.FSYNC),
              submit(store, "a", Durability.FSYNC));
        } else {
          assertNotDurable(submit(store, "a", Durability.FSYNC), "appendfsync always");
          assertEquals(java.util.Map.of(), server.snapshot());
        }
      }
    }
  }

  @Test
  void a_redis_that_refuses_to_wait_has_carried_out_the_script() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = open(server)) {
      store.submit("a", Priority.HIGH);
      LuaScript cancel = LuaScript.load(RedisTaskCommands.class, "cancel");
      var waited =
          store.redis.evalThenWaitAof( // appendonly is off, or there is no such command
              cancel,
              List.of(store.namespace.key("leader")),
              List.of(ScriptArgs.bytes("a")),
              Duration.ofMillis(100));
      assertEquals("cancelled ready", ScriptCalls.text(waited.answer()));
      assertEquals(0, waited.count());
      assertEquals(1, store.jedis.zcard("{scheduler}:cancelled"));
    }
  }

  @Test
  void many_orders_to_a_redis_that_hangs_are_all_answered_soon() {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = open(server)) {
      store.commands.cancel("warm");
      server.pause();
      List<CompletableFuture<?>> orders = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < 15; i++) {
        String id = "t" + i;
        List.<Supplier<?>>of(
                () -> store.commands.cancel(id),
                () -> store.queues.pause(id, ""),
                () -> store.commands.retry(List.of(id)))
            .forEach(call -> orders.add(StoreOnRedis.later(call)));
      }
      orders.forEach(order -> assertThrows(StoreException.class, () -> get(order)));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.toMillis() < 10_000, "the last was answered after " + took);
      server.resume();
      Eventually.await("all is well again", () -> store.pauses.paused() != null);
    }
  }
}
