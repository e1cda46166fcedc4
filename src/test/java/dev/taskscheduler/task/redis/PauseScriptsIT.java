package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Pausing, what is set aside meanwhile, and how it comes back, with all keys compared before and
/// after.
class PauseScriptsIT extends OnOneRedis {
  private static final Pause MAIL = new Pause.OfType("mail");

  private void mail(String... some) {
    for (String id : some) {
      submit(id, "mail", TaskOptions.NONE, SubmitOptions.NONE);
    }
  }

  private void pause(Pause what) {
    assertTrue(store.pauses.pause(what));
  }

  private void resume(Pause what) {
    store.pauses.resume(what);
  }

  @Test
  void a_pause_is_noted_once_and_taken_back_once() {
    var before = server.snapshot();
    pause(MAIL);
    assertEquals(Set.of("paused"), changed(before).keySet());
    var paused = server.snapshot();
    Map<Pause, Instant> told = store.pauses.paused();
    assertEquals(Set.of(MAIL), told.keySet());
    assertTrue(Math.abs(told.get(MAIL).toEpochMilli() - redisMs()) < 5000);
    pause(MAIL);
    assertEquals(paused, server.snapshot(), "since when it is paused stays");
    resume(MAIL);
    assertEquals(before, server.snapshot());
    resume(MAIL);
    assertEquals(before, server.snapshot());
  }

  @Test
  void no_more_than_so_many_pauses_stand_at_once() {
    for (int i = 0; i < Pause.MOST; i++) {
      pause(new Pause.OfType("t" + i));
    }
    var before = server.snapshot();
    assertFalse(store.pauses.pause(MAIL));
    assertTrue(store.pauses.pause(new Pause.OfType("t7")), "it is so already");
    assertEquals(before, server.snapshot());
    resume(new Pause.OfType("t7"));
    pause(MAIL);
  }

  @Test
  void what_is_paused_as_a_whole_or_by_priority_stays_where_it_is() {
    store.submitAll(Priority.HIGH, "h");
    store.submitAll(Priority.MEDIUM, "m");
    store.submitAll(Priority.LOW, "l");
    pause(new Pause.OfPriority(Priority.HIGH));
    pause(new Pause.OfPriority(Priority.LOW));
    assertEquals(List.of("m"), ids(store.claim(token, 5)));
    pause(new Pause.All());
    resume(new Pause.OfPriority(Priority.HIGH));
    var before = server.snapshot();
    assertEquals(List.of(), store.claim(token, 5));
    assertEquals(Map.of(), changed(before));
    resume(new Pause.All());
    assertEquals(List.of("h"), ids(store.claim(token, 5)));
    resume(new Pause.OfPriority(Priority.LOW));
    assertEquals(List.of("l"), ids(store.claim(token, 5)));
  }

  @Test
  void a_paused_type_is_set_aside_and_comes_back_to_the_front_in_its_order() {
    mail("a", "b", "c");
    store.submitAll(Priority.HIGH, "x");
    pause(MAIL);
    var before = server.snapshot();
    assertEquals(List.of("x"), ids(store.claim(token, 5)));
    var changed = changed(before);
    assertEquals(Set.of("parked", "parked:h:mail", "ready:high", "running"), changed.keySet());
    assertEquals("list [c, b, a]", changed.get("parked:h:mail"));
    assertEquals("set [h:mail]", changed.get("parked"));
    assertEquals(3, store.queries.counts().ready().get(Priority.HIGH));
    var aside = server.snapshot();
    assertEquals(0, store.maintenance.unpark(token, 500), "it is paused still");
    assertEquals(aside, server.snapshot());
    store.submitAll(Priority.HIGH, "y");
    resume(MAIL);
    assertEquals(2, store.maintenance.unpark(token, 2));
    assertEquals(1, store.maintenance.unpark(token, 2));
    assertEquals(0, store.maintenance.unpark(token, 2));
    assertEquals(List.of("a", "b", "c", "y"), ids(store.claim(token, 5)));
    assertEquals(Set.of(), store.jedis.keys(NS + "parked*"));
  }

  @Test
  void what_was_set_aside_and_cancelled_or_trimmed_does_not_come_back() {
    mail("a", "b", "c");
    pause(MAIL);
    store.claim(token, 5);
    store.commands.cancel("a");
    store.commands.cancel("c");
    store.jedis.zadd(NS + "cancelled", 1, "c");
    store.maintenance.clean(token, 5);
    assertEquals("2", store.jedis.hget(NS + "stale", "h"));
    assertEquals(1, store.queries.counts().ready().get(Priority.HIGH));
    resume(MAIL);
    assertEquals(3, store.maintenance.unpark(token, 500));
    assertEquals(List.of("b"), ids(store.claim(token, 5)));
    assertEquals(
        Set.of("cancelled", "leader", "running", "task:a", "task:b"),
        Set.copyOf(server.snapshot().keySet().stream().map(k -> k.substring(12)).toList()));
  }

  @Test
  void what_is_set_aside_counts_against_the_limit_and_what_is_cancelled_does_not() {
    try (StoreOnRedis small =
        new StoreOnRedis(server, new TaskLimits(3, 3, Duration.ofHours(1), 100, 100))) {
      pause(MAIL);
      mail("a", "b");
      assertEquals(List.of(), small.claim(token, 5));
      small.submitAll(Priority.LOW, "c");
      NewTask another = new NewTask(Priority.HIGH, "mail", new byte[] {'1'});
      var full = server.snapshot();
      assertEquals(new SubmitResult.QueueFull(3), get(small.intake.submit("d", another)));
      assertEquals(full, server.snapshot());
      small.commands.cancel("c"); // stands in its list still
      assertEquals(
          new SubmitResult.Accepted("d", Durability.MEMORY),
          get(small.intake.submit("d", another)));
      assertEquals(new SubmitResult.QueueFull(3), get(small.intake.submit("e", another)));
      small.commands.cancel("a"); // and this one where it was set aside
      assertEquals(
          new SubmitResult.Accepted("e", Durability.MEMORY),
          get(small.intake.submit("e", another)));
    }
  }

  @Test
  void resuming_wakes_the_leader_and_its_caretaker() {
    AtomicInteger ready = new AtomicInteger();
    AtomicInteger care = new AtomicInteger();
    store.on(Claims.Signal.READY, ready::incrementAndGet);
    store.on(Claims.Signal.DUE, care::incrementAndGet);
    Eventually.await(
        "subscribed",
        () ->
            store.jedis.publish(NS + "wake", "1") == 1
                && store.jedis.publish(NS + "maintenance", "1") == 1);
    Eventually.await("heard", () -> ready.get() > 0 && care.get() > 0);
    pause(MAIL);
    mail("a");
    store.claim(token, 5);
    int readyBefore = ready.get();
    int careBefore = care.get();
    resume(MAIL);
    Eventually.await("told", () -> ready.get() > readyBefore && care.get() > careBefore);
    store.claim(token, 5); // leaves the mark
    int before = ready.get();
    store.maintenance.unpark(token, 5);
    Eventually.await("and again when it is back", () -> ready.get() > before);
  }

  @Test
  void under_a_fence_that_was_taken_over_nothing_is_put_back() {
    mail("a");
    pause(MAIL);
    store.claim(token, 5);
    resume(MAIL);
    var old = token;
    token = store.lead(2000);
    var before = server.snapshot();
    assertThrows(StoreException.Fenced.class, () -> store.maintenance.unpark(old, 5));
    assertEquals(before, server.snapshot());
  }
}
