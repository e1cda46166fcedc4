package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Claims.Recovered;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be read is set aside, and the rest goes on.
class DamagedRecordsIT extends OnOneRedis {
  private static final String HEAD = "w000000000000000000000000000000000000000000000000";
  private static final String SUBMITTED = "0000000000000";
  private static final String HUGE = "j".repeat(10 << 20);

  private List<String> setAside() {
    return store.jedis.lrange(NS + "damaged", 0, -1);
  }

  private void repair() {
    RepairPass pass = store.maintenance.repair(token);
    while (pass.step()) {
      assertEquals(0, pass.unsettled());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "w",
        "w0000",
        HEAD + "h" + SUBMITTED + "log",
        "w" + "zz" + "0000" + "z" + "log\n1",
        HEAD + "?" + SUBMITTED + "log\n1",
        HEAD + "h" + "zzzzzzzzzzzzz" + "log\n1",
        "wxyz0000000000000000000000000000000000000000000000h" + SUBMITTED + "log\n1",
      })
  void a_record_that_cannot_be_read_does_not_keep_the_next_from_its_claim(String record) {
    store.submitAll(Priority.HIGH, "bad", "good");
    store.jedis.set(NS + "task:bad", record);
    assertEquals(List.of("good"), StoreOnRedis.ids(store.claim(token, 10)));
    assertEquals(1, setAside().size(), setAside()::toString);
    assertTrue(setAside().getFirst().contains("task:bad"), setAside()::toString);
    assertEquals(record, store.jedis.get(NS + "damaged:task:bad"), "it may be put back");
    assertEquals(1, store.jedis.hlen(NS + "running"));
    assertEquals(List.of(), store.claim(token, 10));
    assertEquals(0, store.queries.counts().ready().get(Priority.HIGH));
  }

  @Test
  void a_record_of_another_type_is_set_aside_whole() {
    store.submitAll(Priority.HIGH, "bad", "good");
    store.jedis.del(NS + "task:bad");
    store.jedis.hset(NS + "task:bad", "some", "thing");
    assertEquals(List.of("good"), StoreOnRedis.ids(store.claim(token, 10)));
    assertEquals(Map.of("some", "thing"), store.jedis.hgetAll(NS + "damaged:task:bad"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ready:high:default",
        "ready:medium:default",
        "ready:low:default",
        "scheduled",
        "running",
        "done",
        "retained",
        "dead",
        "expired",
        "cancelled",
        "cancelling",
        "paused",
        "counts",
        "occupied",
        "closed",
        "settings",
        "patterns",
        "queues:high",
        "turns:high",
        "stale",
        "leaders",
        "damaged",
      })
  void a_key_of_another_type_is_set_aside_and_every_call_goes_on(String key) {
    for (Priority priority : Priority.values()) {
      store.submit("before " + priority, priority);
    }
    store.jedis.del(NS + key);
    store.jedis.set(NS + key, "junk");
    assertInstanceOf(SubmitResult.Accepted.class, store.submit("after", Priority.HIGH));
    store.claims.recordLeader(token);
    store.claims.recover(token);
    List<Claim> claims = store.claim(token, 10);
    assertTrue(claims.stream().anyMatch(claim -> claim.id().equals("after")), claims::toString);
    for (Claim claim : claims) {
      assertEquals(AttemptEnd.COMPLETED, get(store.claims.end(token, claim, Outcome.SUCCESS)));
    }
    store.queries.counts();
    store.queries.overview();
    store.queries.details("after");
    store.queries.explain("after");
    store.maintenance.promote(token, 10);
    store.maintenance.cancelling(token);
    store.maintenance.clean(token, 10);
    running("dies", TaskOptions.NONE.with(TaskOption.RETENTION, Duration.ofHours(1)));
    store.commands.cancel("dies");
    store.commands.cancel("after");
    succeed();
    repair();
    repair();
    assertEquals("junk", store.jedis.get(NS + "damaged:" + key));
    for (Claim claim : store.claim(token, 10)) { // what only the list that is gone had
      assertEquals(AttemptEnd.COMPLETED, get(store.claims.end(token, claim, Outcome.SUCCESS)));
    }
    assertEquals(4, store.queries.counts().completed());
  }

  @Test
  void junk_in_running_goes_and_its_task_runs_again() {
    running("sound", TaskOptions.NONE);
    running("hurt", TaskOptions.NONE);
    store.jedis.hset(NS + "running", "hurt", "junk");
    store.jedis.hset(NS + "running", "nobody", "\0\1junk");
    token = store.lead(token.epoch() + 1);
    assertEquals(new Recovered(1, 0, 0), store.claims.recover(token));
    assertEquals(List.of("sound", "hurt"), StoreOnRedis.ids(store.claim(token, 10)));
    assertEquals(2, setAside().size(), setAside()::toString);
    assertTrue(setAside().toString().contains("\\\\x00\\\\x01junk"), setAside()::toString);
  }

  @Test
  void what_is_running_and_cannot_be_read_is_no_claim_of_a_leader_that_asks_again() {
    running("hurt", TaskOptions.NONE);
    running("sound", TaskOptions.NONE);
    store.jedis.setrange(NS + "task:hurt", 0, "w??");
    List<Claim> found = store.claims.reconcile(token, store.sequence(), Map.of());
    assertEquals(List.of("sound"), StoreOnRedis.ids(found));
    assertEquals(List.of("sound"), List.copyOf(store.jedis.hkeys(NS + "running")));
  }

  @Test
  void junk_in_paused_is_no_failure_and_what_is_paused_stays_so() {
    store.queues.pause("log", "");
    store.jedis.hset(NS + "paused", "priority:none", "1");
    store.jedis.hset(NS + "paused", "junk", "1");
    store.jedis.hset(NS + "paused", "queue:log", "junk");
    assertEquals(
        Map.of(new Pause.OfQueue("log"), Instant.EPOCH), store.queries.overview().paused());
    repair();
    assertEquals(List.of("queue:log"), List.copyOf(store.jedis.hkeys(NS + "paused")));
    assertTrue(
        store.pauses.paused().get(new Pause.OfQueue("log")).isAfter(Instant.EPOCH), "a time");
    assertEquals(3, setAside().size(), setAside()::toString);
  }

  @Test
  void a_look_through_all_keys_finds_what_no_call_has_met() {
    submit("sound", TaskOptions.NONE);
    store.jedis.set(NS + "task:old", "c123");
    store.jedis.set(NS + "attempts:sound", "junk");
    store.jedis.hset(NS + "unique:12", "junk", "junk");
    store.jedis.lpush(NS + "idempotency:12", "junk");
    store.jedis.set(NS + "ready:high:log", "junk");
    store.jedis.zadd(NS + "queues:high", 0, "not a queue");
    AtomicInteger hints = new AtomicInteger();
    store.on(Claims.Signal.SET_ASIDE, hints::incrementAndGet);
    store.jedis.publish(NS + "damaged", "1");
    Eventually.await("it listens", () -> hints.get() > 0);
    int connected = hints.get();
    repair();
    assertEquals(
        List.of("attempts:sound", "idempotency:12", "ready:high:log", "task:old", "unique:12"),
        store.jedis.keys(NS + "damaged:*").stream()
            .map(key -> key.substring((NS + "damaged:").length()))
            .sorted()
            .toList());
    assertEquals(List.of("default"), store.jedis.zrange(NS + "queues:high", 0, -1));
    Eventually.await("the leader is told", () -> hints.get() > connected);
    assertEquals(List.of("sound"), StoreOnRedis.ids(store.claim(token, 10)));
  }

  @Test
  void what_was_set_aside_is_bounded_and_the_oldest_goes_first() {
    store.submit("bad", Priority.HIGH);
    for (int i = 0; i < ScriptCalls.MOST_ENTRIES + 10; i++) {
      store.jedis.rpush(NS + "damaged", "{\"key\":\"" + NS + "damaged:task:" + i + "\"}");
      store.jedis.set(NS + "damaged:task:" + i, "w");
    }
    store.jedis.set(NS + "task:bad", "w");
    assertEquals(List.of(), store.claim(token, 1));
    assertEquals(ScriptCalls.MOST_ENTRIES, store.jedis.llen(NS + "damaged"));
    assertEquals(ScriptCalls.MOST_ENTRIES, store.jedis.keys(NS + "damaged:*").size());
    assertTrue(store.jedis.exists(NS + "damaged:task:bad"));
    Eventually.await(
        "health counts it", () -> store.health().damaged() == ScriptCalls.MOST_ENTRIES);
  }

  @Test
  void a_damaged_trail_costs_its_lines_alone() {
    Claim claim = running("t", TaskOptions.NONE);
    store.jedis.set(NS + "attempts:t", "junk");
    Outcome failed = again("no", Duration.ZERO);
    assertEquals(AttemptEnd.RETRYING, get(store.claims.end(token, claim, failed)));
    store.maintenance.promote(token, 10);
    assertEquals(1, store.queries.details("t").orElseThrow().charged());
    assertTrue(store.queries.explain("t").isPresent());
    assertEquals(
        AttemptEnd.COMPLETED,
        get(
            store.claims.end(
                token,
                store.claimOne(token),
                new Outcome.Success("1".getBytes(java.nio.charset.StandardCharsets.UTF_8)))));
  }

  @ParameterizedTest
  @CsvSource({"claimSeq, junk", "claimSeq, ''"})
  void a_fence_whose_barrier_cannot_be_read_ends_the_leadership(String field, String value) {
    store.submit("t", Priority.HIGH);
    store.jedis.hset(NS + "leader", field, value);
    assertThrows(StoreException.Fenced.class, () -> store.claim(token, 1));
    assertThrows(StoreException.Fenced.class, () -> store.claims.reconcile(token, 9, Map.of()));
    assertEquals(1, store.jedis.llen(NS + "ready:high:default"));
    assertEquals(Optional.empty(), Optional.ofNullable(store.jedis.lindex(NS + "damaged", 0)));
  }

  @Test
  void what_is_too_long_or_too_much_to_be_a_pause_goes_to_no_node() {
    store.pauses.pause(new Pause.All());
    store.queues.pause("mail", "");
    store.jedis.hset(NS + "paused", HUGE, "1");
    store.jedis.hset(NS + "paused", "queue:mail", HUGE);
    assertLittleIsSent(() -> {
      assertEquals(
          Set.of(new Pause.All(), new Pause.OfQueue("mail")), store.pauses.paused().keySet());
      assertEquals(2, store.queries.overview().paused().size());
    });
    for (int i = 0; i < 3_000; i++) {
      store.jedis.hset(NS + "paused", "queue:t" + i, "1");
    }
    int most = Pause.MOST + 4; // and each priority, and all
    assertEquals(most, store.pauses.paused().size());
    store.submit("t", Priority.HIGH);
    assertLittleIsSent(() -> assertEquals(List.of(), store.claim(token, 1)));
    repair();
    assertEquals(most, store.jedis.hlen(NS + "paused"));
    store.pauses.pause(new Pause.All()); // it may have been among those
    assertEquals(ScriptCalls.MOST_ENTRIES, setAside().size());
    assertTrue(setAside().stream().allMatch(entry -> entry.length() < 2_000), "bounded entries");
    store.pauses.resume(new Pause.All());
    assertEquals(List.of("t"), StoreOnRedis.ids(store.claim(token, 1)));
  }

  @Test
  void what_is_too_long_in_any_index_goes_to_no_node() {
    running("runs", TaskOptions.NONE);
    submit("waits", TaskOptions.NONE);
    store.jedis.hset(NS + "running", HUGE, store.jedis.hget(NS + "running", "runs"));
    store.jedis.hset(NS + "running", "junk", HUGE);
    store.jedis.hset(NS + "cancelling", HUGE, "1");
    store.jedis.rpush(NS + "ready:high:default", HUGE);
    store.jedis.lpush(NS + "ready:high:default", HUGE);
    store.jedis.lpush(NS + "done", HUGE);
    store.jedis.zadd(NS + "scheduled", 1, HUGE);
    store.jedis.zadd(NS + "dead", 1, HUGE);
    store.jedis.zadd(NS + "leaders", 1, HUGE);
    store.jedis.zadd(NS + "queues:high", 0, HUGE);
    store.jedis.zadd(NS + "turns:high", 0, HUGE);
    store.jedis.hset(NS + "settings", HUGE, HUGE);
    store.jedis.hset(NS + "occupied", HUGE, "1");
    store.jedis.set(NS + "task:" + HUGE, HEAD + "h" + SUBMITTED + "log\n1");
    store.jedis.rpush(NS + "attempts:waits", HUGE);
    assertLittleIsSent(() -> {
      store.queries.details("waits");
      store.queries.explain("waits");
      store.queries.counts();
      store.maintenance.cancelling(token);
      store.queries.list(Walk.all(50), "");
      store.claims.reconcile(token, store.sequence(), Map.of());
      repair();
      succeed();
      assertEquals(Set.of("runs", "waits"), Set.copyOf(StoreOnRedis.ids(store.claim(token, 10))));
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_record_longer_than_any_of_ours_is_set_aside(boolean type) {
    store.submitAll(Priority.HIGH, "bad", "good");
    String record = HEAD + "h" + SUBMITTED;
    store.jedis.set(
        NS + "task:bad", type ? record + "x".repeat(1 << 20) + "\n1" : record + "log\n" + HUGE);
    assertLittleIsSent(() -> {
      assertEquals(List.of("good"), StoreOnRedis.ids(store.claim(token, 10)));
      assertEquals(Optional.empty(), store.queries.details("bad"));
    });
    assertTrue(store.jedis.exists(NS + "damaged:task:bad"));
  }

  /// Redis sends no more than some MB meanwhile, far less than [#HUGE].
  private void assertLittleIsSent(Runnable calls) {
    long before = sent();
    calls.run();
    long sent = sent() - before;
    assertTrue(sent < HUGE.length() / 2, sent + " bytes were sent");
  }

  private long sent() {
    String info = store.jedis.info("stats");
    return Long.parseLong(info.replaceAll("(?s).*total_net_output_bytes:(\\d+).*", "$1"));
  }
}
