package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.ids;
import static dev.taskscheduler.task.redis.StoreOnRedis.idsAndAttempts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Submitting and claiming, with all keys compared before and after.
class ScriptsIT extends OnOneRedis {
  private static final String T = "{scheduler}:task:";

  private String ready(String priority) {
    return store.jedis.lrange("{scheduler}:ready:" + priority + ":default", 0, -1).toString();
  }

  @Test
  void a_delayed_submission_stands_among_the_scheduled_alone_and_is_kept_once() {
    NewTask task =
        new NewTask(
            Priority.LOW,
            "log",
            new byte[] {'1'},
            TaskOptions.NONE.with(TaskOption.DELAY, Duration.ofMinutes(5)));
    var before = server.snapshot();
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), get(store.intake.submit("a", task)));
    var changed = changed(before);
    assertEquals(Set.of("task:a", "scheduled"), changed.keySet());
    String record = changed.get("task:a");
    assertTrue(record.startsWith("string w" + "0".repeat(48) + "l"), record);
    assertTrue(record.endsWith("log d=300000\n1"), record);
    var due = ((TaskState.Scheduled) store.state("a")).dueAt();
    var submitted = store.queries.find("a").orElseThrow().submittedAt();
    long delay = Duration.between(submitted, due).toMillis();
    assertTrue(delay == 300_000 || delay == 300_001, "never early: " + delay);
    var kept = server.snapshot();
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), get(store.intake.submit("a", task)));
    assertEquals(kept, server.snapshot());
  }

  @Test
  void who_comes_before_all_that_is_scheduled_is_told_to_the_caretaker() {
    AtomicInteger told = new AtomicInteger();
    store.on(Claims.Signal.DUE, told::incrementAndGet);
    Eventually.await(
        "it listens",
        () -> {
          store.jedis.publish("{scheduler}:maintenance", "1");
          return told.get() > 0;
        });
    submitFor("a", Duration.ofHours(2));
    int before = awaitQuiet(told);
    submitFor("b", Duration.ofHours(3));
    store.jedis.publish("{scheduler}:maintenance", "1");
    Eventually.await("the later one was no news", () -> told.get() == before + 1);
    submitFor("c", Duration.ofHours(1));
    Eventually.await("the earlier one was", () -> told.get() == before + 2);
  }

  private void submitFor(String id, Duration delay) {
    NewTask task =
        new NewTask(
            Priority.LOW, "log", new byte[] {'1'}, TaskOptions.NONE.with(TaskOption.DELAY, delay));
    get(store.intake.submit(id, task));
  }

  /// Messages come in order: once one that is sent now has come, no other is under way.
  private int awaitQuiet(AtomicInteger told) {
    int[] last = {-1};
    Eventually.await(
        "nothing is under way",
        () -> {
          int before = told.get();
          boolean quiet = before == last[0];
          last[0] = before;
          java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
          return quiet;
        });
    return told.get();
  }

  @Test
  void a_submission_writes_its_record_and_its_place_and_nothing_else() {
    var before = server.snapshot();
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), store.submit("a", Priority.MEDIUM));
    var changed = changed(before);
    assertEquals(Set.of("task:a", "ready:medium:default"), changed.keySet());
    assertEquals("list [a]", changed.get("ready:medium:default"));
    String record = changed.get("task:a");
    assertTrue(record.startsWith("string w" + "0".repeat(48) + "m"), record);
    assertTrue(record.endsWith("log\n{\"id\":\"a\",\n\t\"x\":1}"), record);
  }

  @Test
  void a_submission_sent_again_is_kept_once_whatever_became_of_the_task() {
    store.submit("a", Priority.HIGH);
    var waiting = server.snapshot();
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), store.submit("a", Priority.HIGH));
    assertEquals(waiting, server.snapshot());
    Claim claim = store.claimOne(token);
    var running = server.snapshot();
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), store.submit("a", Priority.HIGH));
    assertEquals(running, server.snapshot());
    get(store.claims.end(token, claim, Outcome.SUCCESS));
    var done = server.snapshot();
    assertEquals(
        new SubmitResult.Accepted("a", Durability.MEMORY), store.submit("a", Priority.HIGH));
    assertEquals(done, server.snapshot());
  }

  @Test
  void pending_tasks_are_bounded_and_a_resent_one_is_still_known() {
    var limits = new TaskLimits(3, 3, Duration.ofHours(1), 100, 100);
    try (StoreOnRedis small = new StoreOnRedis(server, limits)) {
      small.submitAll(Priority.LOW, "a", "b", "c");
      get(store.claims.requeue(token, store.claimOne(token), Duration.ofHours(1))); // scheduled
      store.claimOne(token); // running: both count
      var full = server.snapshot();
      assertEquals(new SubmitResult.QueueFull(3), small.submit("d", Priority.HIGH));
      assertEquals(
          new SubmitResult.Accepted("b", Durability.MEMORY), small.submit("b", Priority.LOW));
      assertEquals(full, server.snapshot());
    }
  }

  @Test
  void claims_go_by_priority_and_then_oldest_first() {
    store.submitAll(Priority.LOW, "l1", "l2");
    store.submitAll(Priority.HIGH, "h1", "h2");
    store.submitAll(Priority.MEDIUM, "m1", "m2");
    store.submitAll(Priority.HIGH, "h3");
    assertEquals(List.of("h1", "h2"), ids(store.claim(token, 2)));
    assertEquals(List.of("h3", "m1", "m2", "l1"), ids(store.claim(token, 4)));
    assertEquals(List.of("l2"), ids(store.claim(token, 4)));
    assertEquals(List.of(), ids(store.claim(token, 4)));
  }

  @Test
  void a_claim_moves_ids_and_touches_no_record() {
    store.submitAll(Priority.HIGH, "a", "b", "c");
    var before = server.snapshot();
    List<Claim> claims = store.claim(token, 2);
    assertArrayEquals(StoreOnRedis.payload("a"), claims.getFirst().payload());
    var changed = StoreOnRedis.changed(server, before);
    assertEquals(Set.of("ready:high:default", "running", "leader"), changed.keySet());
    assertEquals("list [c]", changed.get("ready:high:default"));
    assertTrue(changed.get("running").startsWith("hash {a=" + token + " 000001 "));
    assertTrue(changed.get("leader").contains("claimSeq=1"), changed.get("leader"));
    assertFalse(changed.get("leader").contains("waiting"), "it got all it asked for");
  }

  @Test
  void a_claim_that_comes_twice_or_late_is_barred_and_changes_nothing() {
    store.submitAll(Priority.HIGH, "a", "b");
    store.claim(token, 1);
    var before = server.snapshot();
    var again =
        assertThrows(
            StoreException.Refused.class,
            () -> store.claims.claim(token, 1, 1, PriorityShares.STRICT));
    assertTrue(again.getMessage().contains("BARRED"), again.getMessage());
    assertEquals(before, server.snapshot());
    store.claims.reconcile(token, 5, Map.of("a", 1));
    var barred = server.snapshot();
    assertThrows(
        StoreException.Refused.class, () -> store.claims.claim(token, 5, 1, PriorityShares.STRICT));
    assertEquals(barred, server.snapshot());
    assertEquals(
        List.of("b"), ids(store.claims.claim(token, 6, 1, PriorityShares.STRICT).claims()));
  }

  @Test
  void reconciling_returns_what_a_lost_answer_claimed_and_only_that() {
    store.submitAll(Priority.HIGH, "a", "b", "c", "d");
    Claim known = store.claimOne(token);
    List<Claim> lost = store.claim(token, 2);
    var before = server.snapshot();
    List<Claim> found =
        store.claims.reconcile(token, store.sequence(), Map.of(known.id(), known.attempt()));
    assertEquals(
        idsAndAttempts(lost),
        idsAndAttempts(found.stream().sorted(Comparator.comparing(Claim::id)).toList()));
    assertArrayEquals(
        lost.getFirst().payload(),
        found.stream().filter(c -> c.id().equals("b")).findFirst().orElseThrow().payload());
    assertEquals(before, server.snapshot(), "the sequence was used already");
    assertEquals(List.of("d"), ids(store.claim(token, 2)));
  }

  @Test
  void reconciling_goes_on_over_many_pages_and_many_bytes() {
    byte[] large = new byte[1 << 20];
    for (int i = 0; i < 1200; i++) {
      store.submit("t%04d".formatted(i), Priority.HIGH, i < 10 ? large : new byte[] {'1'});
    }
    Set<String> claimed = new TreeSet<>();
    while (claimed.size() < 1200) {
      claimed.addAll(ids(store.claim(token, 500)));
    }
    List<Claim> found = store.claims.reconcile(token, store.sequence(), Map.of());
    assertEquals(1200, found.size());
    assertEquals(claimed, new TreeSet<>(ids(found)));
  }

  @Test
  void a_claim_brings_four_mebibytes_at_the_most() {
    byte[] mebibyte = new byte[1 << 20];
    for (int i = 0; i < 6; i++) {
      store.submit("t" + i, Priority.HIGH, mebibyte);
    }
    store.submit("big", Priority.MEDIUM, new byte[(3 << 20) + 4096]);
    store.submit("last", Priority.MEDIUM, mebibyte);
    var first = store.claimed(token, 100);
    assertEquals(List.of("t0", "t1", "t2"), ids(first.claims()), "headers count too");
    assertTrue(first.more(), "the node claims again at once");
    assertEquals(null, store.jedis.hget("{scheduler}:leader", "waiting"));
    assertEquals(List.of("t3", "t4", "t5"), ids(store.claim(token, 100)));
    var third = store.claimed(token, 100);
    assertEquals(List.of("big"), ids(third.claims()));
    assertTrue(third.more());
    var last = store.claimed(token, 100);
    assertEquals(List.of("last"), ids(last.claims()));
    assertFalse(last.more());
    assertEquals("1", store.jedis.hget("{scheduler}:leader", "waiting"));
  }

  @Test
  void a_record_larger_than_the_bound_comes_alone() {
    store.submit("huge", Priority.HIGH, new byte[5 << 20]);
    store.submit("small", Priority.HIGH, new byte[] {'1'});
    assertEquals(List.of("huge"), ids(store.claim(token, 10)));
    assertEquals(List.of("small"), ids(store.claim(token, 10)));
  }

  @Test
  void ids_without_a_record_hold_up_neither_priority_nor_the_next_claim() {
    store.submitAll(Priority.HIGH, "gone", "h");
    store.submitAll(Priority.LOW, "l");
    store.jedis.del(T + "gone");
    assertEquals(List.of("h"), ids(store.claim(token, 1)), "not the one of lower priority");
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 1300; i++) {
      many.add("gone" + i);
    }
    store.jedis.rpush("{scheduler}:ready:high:default", many.toArray(String[]::new));
    store.jedis.zadd("{scheduler}:turns:high", 0, "default");
    for (int i = 0; i < 2; i++) {
      var cut = store.claimed(token, 1);
      assertEquals(List.of(), cut.claims());
      assertTrue(cut.more(), "a bound cut it short, more may be ready");
    }
    assertEquals(List.of("l"), ids(store.claim(token, 1)));
    assertFalse(server.snapshot().containsKey("{scheduler}:ready:high:default"));
  }

  @Test
  void an_id_that_stands_twice_in_its_queue_starts_once() {
    store.submitAll(Priority.HIGH, "a", "b");
    store.jedis.rpush("{scheduler}:ready:high:default", "a", "b", "a");
    assertEquals(List.of("a", "b"), ids(store.claim(token, 10)));
    assertEquals("[]", ready("high"));
  }

  @Test
  void a_publish_goes_out_only_while_the_mark_stands() {
    AtomicInteger heard = new AtomicInteger();
    store.on(
        Claims.Signal.READY,
        () -> {
          if (isPublished()) {
            heard.incrementAndGet();
          }
        });
    store.submitAll(Priority.HIGH, "a", "b");
    assertEquals(2, store.claim(token, 2).size());
    Eventually.await("subscribed", () -> store.jedis.publish("{scheduler}:wake", "1") == 1);
    Eventually.await("heard", () -> heard.get() == 1);
    store.submit("c", Priority.HIGH); // no mark: nobody waits
    assertEquals(List.of("c"), ids(store.claim(token, 5))); // leaves the mark
    store.submit("d", Priority.HIGH);
    Eventually.await("woken", () -> heard.get() == 2);
    store.submit("e", Priority.HIGH);
    store.jedis.publish("{scheduler}:wake", "1"); // comes after anything that e published
    Eventually.await("the last one", () -> heard.get() >= 3);
    assertEquals(3, heard.get());
  }

  /// Whether a signal came by a message: a subscription gives one of its own whenever it is made
  /// anew, which may be at any time.
  private static boolean isPublished() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("onMessage")));
  }

  @Test
  void a_question_about_a_broken_record_spoils_no_other() {
    store.submit("a", Priority.HIGH);
    store.jedis.set(T + "broken", "\u0000".repeat(33));
    var broken = StoreOnRedis.later(() -> store.queries.find("broken"));
    assertTrue(store.queries.find("a").isPresent());
    assertTrue(get(broken).isEmpty());
  }
}
