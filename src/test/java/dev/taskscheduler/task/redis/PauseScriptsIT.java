package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.testing.Eventually;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Pausing everything and priorities, with all keys compared before and after.
class PauseScriptsIT extends OnOneRedis {
  private static final Pause LOW = new Pause.OfPriority(Priority.LOW);

  private void pause(Pause what) {
    store.pauses.pause(what);
  }

  private void resume(Pause what) {
    store.pauses.resume(what);
  }

  @Test
  void a_pause_is_noted_once_and_taken_back_once() {
    var before = server.snapshot();
    pause(LOW);
    assertEquals(Set.of("paused"), changed(before).keySet());
    var paused = server.snapshot();
    Map<Pause, Instant> told = store.pauses.paused();
    assertEquals(Set.of(LOW), told.keySet());
    assertTrue(Math.abs(told.get(LOW).toEpochMilli() - redisMs()) < 5000);
    pause(LOW);
    assertEquals(paused, server.snapshot(), "since when it is paused stays");
    resume(LOW);
    assertEquals(before, server.snapshot());
    resume(LOW);
    assertEquals(before, server.snapshot());
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
  void resuming_wakes_the_leader() {
    AtomicInteger ready = new AtomicInteger();
    store.on(Claims.Signal.READY, ready::incrementAndGet);
    Eventually.await("subscribed", () -> store.jedis.publish(NS + "wake", "1") == 1);
    Eventually.await("heard", () -> ready.get() > 0);
    pause(LOW);
    store.submitAll(Priority.LOW, "a");
    store.claim(token, 5);
    int before = ready.get();
    resume(LOW);
    Eventually.await("woken", () -> ready.get() > before);
    assertEquals(List.of("a"), ids(store.claim(token, 5)));
  }
}
