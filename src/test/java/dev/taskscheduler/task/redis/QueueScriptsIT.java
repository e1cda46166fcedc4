package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The turns of queues, their limits and closings, as claims and ends see them.
class QueueScriptsIT extends QueuesOnRedis {
  @Test
  void queues_take_turns_and_each_is_in_its_order() {
    into("a", "a1", "a2", "a3", "a4");
    into("b", "b1", "b2");
    into("default", "d1");
    assertEquals(List.of("a1", "b1", "d1", "a2", "b2", "a3", "a4"), ids(store.claim(token, 7)));
    check();
  }

  @Test
  void a_single_task_of_a_new_queue_waits_for_one_turn_of_each_other_only() {
    many("big", 200);
    for (int i = 0; i < 50; i++) {
      end(store.claimOne(token));
    }
    into("new", "n");
    assertEquals("n", ids(store.claim(token, 2)).getLast());
  }

  @Test
  void a_queue_of_more_weight_has_more_turns() {
    put("heavy", weight(3));
    many("heavy", 100);
    many("light", 100);
    assertEquals(Map.of("heavy", 30L, "light", 10L), byQueue(store.claim(token, 40)));
  }

  @Test
  void a_queue_that_is_refilled_all_the_time_does_not_starve_another() {
    many("full", 50);
    Map<String, Integer> served = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      if (store.queues.show("busy").allReady() == 0) {
        into("busy", "busy" + i);
      }
      Claim claim = store.claimOne(token);
      served.merge(claim.options().queue(), 1, Integer::sum);
      end(claim);
    }
    assertTrue(served.get("full") >= 18 && served.get("busy") >= 18, served::toString);
  }

  @Test
  void higher_priorities_of_all_queues_come_first() {
    into(Priority.LOW, "a", "a-low");
    into(Priority.HIGH, "b", "b-high");
    into(Priority.MEDIUM, "c", "c-medium");
    assertEquals(List.of("b-high", "c-medium", "a-low"), ids(store.claim(token, 10)));
  }

  @Test
  void no_more_run_than_the_limit_whatever_their_priority() {
    put("a", limit(2));
    into(Priority.HIGH, "a", "h1");
    into(Priority.MEDIUM, "a", "m1");
    into(Priority.LOW, "a", "l1", "l2");
    into(Priority.LOW, "b", "b1");
    List<Claim> claims = store.claim(token, 10);
    assertEquals(List.of("h1", "m1", "b1"), ids(claims));
    assertEquals(new QueueBlock.Concurrency(2, 2), blocked("a"));
    assertEquals(List.of(), store.claim(token, 10));
    end(claims.getFirst());
    assertEquals(List.of("l1"), ids(store.claim(token, 10)));
    check();
  }

  @Test
  void each_way_out_of_running_frees_a_place() {
    put("*", ONE_AT_A_TIME);
    many("a", 12);
    List<Outcome> outcomes =
        List.of(
            Outcome.SUCCESS,
            failed("no"),
            again("no", Duration.ofHours(1)),
            new Outcome.Cancelled());
    for (Outcome outcome : outcomes) {
      assertEquals(1, store.claim(token, 5).size());
      get(store.claims.end(token, claimRunning(), outcome));
    }
    Claim claim = store.claimOne(token);
    get(store.claims.requeue(token, claim, Duration.ZERO));
    assertEquals(claim.id(), store.claimOne(token).id());
    succeed();
    assertEquals(claim.id(), store.claimOne(token).id());
    get(store.claims.requeue(token, claimRunning(), Duration.ofHours(1)));
    assertEquals(1, store.claim(token, 5).size());
    check();
  }

  private Claim claimRunning() {
    return store.claims.reconcile(token, store.sequence(), Map.of()).getFirst();
  }

  @Test
  void an_end_wakes_a_leader_that_waits_for_the_place() {
    put("a", ONE_AT_A_TIME);
    AtomicInteger woken = new AtomicInteger();
    store.on(Claims.Signal.READY, woken::incrementAndGet);
    Eventually.await("subscribed", () -> store.jedis.publish(NS + "wake", "1") == 1);
    Eventually.await("heard", () -> woken.get() > 0);
    into("a", "a1", "a2");
    Claim claim = store.claim(token, 5).getFirst();
    assertEquals(List.of(), store.claim(token, 5)); // leaves the mark
    int before = woken.get();
    into("a", "a3"); // may not start: nobody is woken
    end(claim);
    Eventually.await("woken", () -> woken.get() > before);
    assertEquals(List.of("a2"), ids(store.claim(token, 5)));
  }

  @Test
  void a_thousand_queues_of_one_at_a_time_keep_all_workers_busy() {
    put("*", ONE_AT_A_TIME);
    for (int i = 0; i < 1000; i++) {
      into("q" + i, "q" + i + "-1", "q" + i + "-2");
    }
    List<Claim> running = new ArrayList<>(store.claim(token, 100));
    assertEquals(100, running.size());
    assertTrue(byQueue(running).values().stream().allMatch(count -> count == 1));
    for (int i = 0; i < 50; i++) {
      running.subList(0, 20).forEach(this::end);
      running.subList(0, 20).clear();
      running.addAll(store.claim(token, 20));
      assertEquals(100, running.size());
      assertTrue(byQueue(running).values().stream().allMatch(count -> count == 1));
    }
    check();
  }

  @Test
  void a_rate_lets_a_burst_start_and_then_as_many_as_it_says() {
    put("a", rate("20/PT1S", 3));
    many("a", 20);
    assertEquals(3, store.claim(token, 10).size());
    assertTrue(
        blocked("a") instanceof QueueBlock.Rate(long starts, Duration period, _)
            && starts == 20
            && period.equals(Duration.ofSeconds(1)));
    assertEquals(List.of(), store.claim(token, 10));
    long began = System.nanoTime();
    int started = 0;
    while (started < 10) {
      store.maintenance.promote(token, 100);
      started += store.claim(token, 10).size();
    }
    long ms = (System.nanoTime() - began) / 1_000_000;
    assertTrue(ms >= 440, ms + " ms for ten at 50 ms each");
  }

  @Test
  void time_alone_opens_a_queue_that_its_rate_has_stopped() {
    put("a", rate("10/PT1S", 1));
    into("a", "a1", "a2");
    assertEquals(List.of("a1"), ids(store.claim(token, 10)));
    Duration next = store.maintenance.promote(token, 100).nextDue();
    assertTrue(next.toMillis() > 20 && next.toMillis() <= 110, next::toString);
    Eventually.await(
        "opened",
        () -> {
          store.maintenance.promote(token, 100);
          return !store.claim(token, 10).isEmpty();
        });
    assertEquals(List.of(), store.jedis.zrange(NS + "closed", 0, -1));
  }

  @Test
  void a_target_that_asks_to_be_left_alone_closes_its_queue_and_spends_no_attempt() {
    put("up*", honouring(TaskOptions.NONE));
    into("upstream", "a", "b", "c");
    into("other", "o");
    List<Claim> claims = store.claim(token, 2); // one of each queue
    Claim first =
        claims.stream().filter(c -> c.options().queue().equals("upstream")).findFirst().get();
    Outcome busy =
        new Outcome.Failure(
            "it answered 429", false, Optional.empty(), Optional.of(Duration.ofMinutes(3)));
    assertEquals(AttemptEnd.REQUEUED, get(store.claims.end(token, first, busy)));
    assertTrue(
        blocked("upstream") instanceof QueueBlock.Closed(var until, String task, String error)
            && task.equals("a")
            && error.equals("it answered 429")
            && Math.abs(until.orElseThrow().toEpochMilli() - redisMs() - 180_000) < 5_000);
    assertEquals(List.of(), store.claim(token, 10));
    assertEquals(0, store.queries.details("a").orElseThrow().charged());
    assertEquals(
        "its queue is closed: it answered 429",
        store.queries.details("a").orElseThrow().history().getFirst().error());
    store.jedis.zadd(NS + "closed", 1, "upstream");
    store.maintenance.promote(token, 10);
    assertEquals(List.of("a", "b", "c"), ids(store.claim(token, 10)));
    assertFalse(store.jedis.exists(NS + "closing:upstream"));
    check();
  }

  @Test
  void a_task_goes_back_uncharged_ten_times_and_then_its_attempts_are_spent() {
    put("a", honouring(TaskOptions.NONE));
    into("a", "a");
    Outcome busy =
        new Outcome.Failure(
            "busy", false, Optional.of(Duration.ofHours(1)), Optional.of(Duration.ofMinutes(3)));
    for (int i = 0; i < 10; i++) {
      assertEquals(AttemptEnd.REQUEUED, get(store.claims.end(token, store.claimOne(token), busy)));
      store.jedis.zadd(NS + "closed", 1, "a");
      store.maintenance.promote(token, 10);
    }
    assertEquals(AttemptEnd.RETRYING, get(store.claims.end(token, store.claimOne(token), busy)));
    assertEquals(1, store.queries.details("a").orElseThrow().charged());
  }

  @Test
  void a_queue_that_does_not_say_so_is_not_closed() {
    into("a", "a", "b");
    Outcome busy =
        new Outcome.Failure(
            "busy", false, Optional.of(Duration.ofHours(1)), Optional.of(Duration.ofMinutes(3)));
    assertEquals(AttemptEnd.RETRYING, get(store.claims.end(token, store.claimOne(token), busy)));
    assertEquals(List.of("b"), ids(store.claim(token, 5)));
  }

  @Test
  void a_leader_that_dies_between_claim_and_end_leaves_no_place_taken() {
    put("a", ONE_AT_A_TIME);
    into("a", "a1", "a2");
    assertEquals(List.of("a1"), ids(store.claim(token, 5)));
    succeed();
    Claim again = store.claimOne(token);
    assertEquals("a1", again.id());
    assertEquals(List.of(), store.claim(token, 5));
    end(again);
    assertEquals("a2", store.claimOne(token).id());
    check();
  }

  @Test
  void a_queue_that_lost_its_turns_has_them_again_after_a_repair() {
    put("a", limit(5));
    into("a", "a1");
    store.jedis.zrem(NS + "turns:high", "a");
    assertEquals(List.of(), store.claim(token, 5));
    Repairs.pass(store, token);
    assertEquals(List.of("a1"), ids(store.claim(token, 5)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e300, -1e300, Double.POSITIVE_INFINITY})
  void a_damaged_time_of_a_turn_starves_nobody_for_long(double time) {
    many("a", 20);
    many("b", 20);
    store.jedis.zadd(NS + "turns:high", time, "a");
    Repairs.pass(store, token);
    Map<String, Long> served = byQueue(store.claim(token, 20));
    assertEquals(Map.of("a", 10L, "b", 10L), served);
  }
}
