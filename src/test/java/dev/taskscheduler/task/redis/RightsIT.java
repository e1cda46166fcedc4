package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/// A Redis user that loses a right while a store works.
class RightsIT {
  private RedisServer server;
  private StoreOnRedis store;
  private FencingToken token;

  @BeforeEach
  void start() {
    server =
        new RedisServer("user app on >secret ~{scheduler}:* resetchannels &{scheduler}:* +@all");
    store =
        new StoreOnRedis(
            server,
            new Redis(
                RedisConfig.parse("redis://app:secret@" + server.address()),
                new Namespace("scheduler"),
                new Redis.Pool("test", 12, Duration.ofSeconds(2)),
                RedisListener.NONE),
            StoreOnRedis.LIMITS);
    token = store.lead(1000);
    store.submit("first", Priority.LOW); // all rights are there
  }

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  private void change(String... rules) {
    List<String> words = new ArrayList<>(List.of("SETUSER", "app"));
    words.addAll(List.of(rules));
    store.jedis.sendCommand(Protocol.Command.ACL, words.toArray(String[]::new));
  }

  private static TaskOptions calling() {
    return TaskOptions.NONE
        .with(TaskOption.CALLBACK_URL, "http://127.0.0.1:1/")
        .with(TaskOption.CALLBACK_ON, Callback.When.BOTH);
  }

  @Test
  void without_its_channels_no_script_stops_half_way() {
    store.jedis.del("{scheduler}:task:first", "{scheduler}:ready:low:default");
    for (int i = 0; i < 50; i++) {
      StoreOnRedis.get(
          store.intake.submit(
              "t" + i, new NewTask(Priority.HIGH, "log", new byte[] {'1'}, calling())));
    }
    List<Claim> claims = store.claim(token, 50);
    assertEquals(50, claims.size());
    store.jedis.hset("{scheduler}:leader", "waiting", "1"); // the first callback is to wake it
    change("resetchannels");
    List<CompletableFuture<AttemptEnd>> ends =
        claims.stream().map(c -> store.claims.end(token, c, Outcome.SUCCESS)).toList();
    ends.forEach(end -> assertEquals(AttemptEnd.COMPLETED, StoreOnRedis.get(end)));
    assertEquals(50, store.jedis.llen("{scheduler}:done"));
    assertEquals(50, store.jedis.llen("{scheduler}:ready:high:callback"), "callbacks");
    store.jedis.hset("{scheduler}:leader", "waiting", "1");
    assertInstanceOf(SubmitResult.Accepted.class, store.submit("new", Priority.LOW));
    SubmitResult scheduled =
        StoreOnRedis.get(
            store.intake.submit(
                "later",
                new NewTask(
                    Priority.LOW,
                    "log",
                    new byte[] {'1'},
                    TaskOptions.NONE.with(TaskOption.DELAY, Duration.ofHours(1)))));
    assertInstanceOf(SubmitResult.Accepted.class, scheduled);
    store.queues.pause("default", "why");
    store.queues.resume("default");
    Claim one = store.claimOne(token);
    store.commands.cancel(one.id());
    assertTrue(store.jedis.hexists("{scheduler}:cancelling", one.id()));
  }

  @Test
  void a_script_that_was_stopped_half_way_is_not_told_as_refused() {
    change("-lpush");
    StoreException stopped =
        assertThrows(StoreException.class, () -> store.submit("half", Priority.HIGH));
    assertInstanceOf(StoreException.Unavailable.class, stopped, String.valueOf(stopped));
    assertTrue(store.jedis.exists("{scheduler}:task:half"), "it was kept");
    StoreException refused =
        assertThrows(StoreException.class, () -> store.submit("next", Priority.HIGH));
    assertInstanceOf(StoreException.Refused.class, refused, String.valueOf(refused));
    assertTrue(String.valueOf(refused.getMessage()).contains("LPUSH"), refused.getMessage());
    assertEquals(false, store.jedis.exists("{scheduler}:task:next"));
    change("+lpush");
    assertInstanceOf(SubmitResult.Accepted.class, store.submit("next", Priority.HIGH));
  }
}
