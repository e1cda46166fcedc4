package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.args.ListPosition;

/// Each kind of damage, done by hand, is put right and nothing else is touched; all keys are
/// compared.
class RepairScriptsIT extends OnOneRedis {

  /// In `running`, of a leader that is long gone.
  private static final String FOREIGN = "999:00000000000000aa 000001 0666666666666";

  /// One damage to a store that [Repairs#fill] has filled, and what a pass counts. Unless it says
  /// otherwise, all stands as before afterwards.
  enum Damage {
    IN_NO_LIST(RepairKind.LOST, r -> r.lrem(NS + "ready:low:default", 0, "l19")),
    IN_NO_PAUSED_LIST(RepairKind.LOST, r -> r.lrem(NS + "ready:high:slow", 0, "slow1")),
    NOT_SCHEDULED(RepairKind.LOST, r -> r.zrem(NS + "scheduled", "retried")),
    NOT_RUNNING(RepairKind.LOST, r -> r.hdel(NS + "running", "running")),
    NOT_DONE(RepairKind.UNFILED, r -> r.lrem(NS + "done", 0, "done")),
    NOT_KEPT(RepairKind.UNFILED, r -> r.zrem(NS + "retained", "kept")),
    NOT_DEAD(RepairKind.UNFILED, r -> r.zrem(NS + "dead", "dead")),
    NOT_EXPIRED(RepairKind.UNFILED, r -> r.zrem(NS + "expired", "expired")),
    NOT_CANCELLED(RepairKind.UNFILED, r -> r.zrem(NS + "cancelled", "cancelled")),
    SCHEDULED_WITHOUT_TASK(RepairKind.STRAY, r -> r.zadd(NS + "scheduled", 7, "nobody")),
    SCHEDULED_AND_ENDED(RepairKind.STRAY, r -> r.zadd(NS + "scheduled", 7, "dead")),
    RUNNING_WITHOUT_TASK(RepairKind.STRAY, r -> copyRunning(r, "nobody")),
    RUNNING_AND_ENDED(RepairKind.STRAY, r -> copyRunning(r, "done")),
    DONE_WITHOUT_TASK(RepairKind.STRAY, r -> r.rpush(NS + "done", "nobody")),
    DONE_AND_READY(RepairKind.STRAY, r -> r.lpush(NS + "done", "m3")),
    KEPT_WITHOUT_TASK(RepairKind.STRAY, r -> r.zadd(NS + "retained", 7e12, "nobody")),
    DEAD_AND_READY(RepairKind.STRAY, r -> r.zadd(NS + "dead", 7, "l1")),
    EXPIRED_AND_DEAD(RepairKind.STRAY, r -> r.zadd(NS + "expired", 7, "dead")),
    CANCELLED_WITHOUT_TASK(RepairKind.STRAY, r -> r.zadd(NS + "cancelled", 7, "nobody")),
    TWICE_IN_A_LIST(RepairKind.DOUBLE, r -> r.lpush(NS + "ready:high:default", "h3")),
    THRICE_IN_A_LIST(RepairKind.DOUBLE, r -> r.lpush(NS + "ready:high:default", "h3", "h3")),
    IN_ANOTHERS_LIST(RepairKind.DOUBLE, r -> r.rpush(NS + "ready:high:default", "m3")),
    IN_ANOTHER_QUEUE(RepairKind.DOUBLE, r -> r.lpush(NS + "ready:high:slow", "h4")),
    READY_AND_RUNNING(RepairKind.DOUBLE, r -> r.lpush(NS + "ready:high:default", "running")),
    READY_AND_SCHEDULED(RepairKind.DOUBLE, r -> r.rpush(NS + "ready:high:default", "delayed")),
    PAUSED_AND_RUNNING(RepairKind.DOUBLE, r -> r.rpush(NS + "ready:high:slow", "running")),
    SCHEDULED_AND_RUNNING(RepairKind.DOUBLE, r -> r.zadd(NS + "scheduled", 9, "running")),
    RUNNING_AS_ANOTHERS_AND_READY(RepairKind.DOUBLE, r -> r.hset(NS + "running", "m2", FOREIGN)),
    RUNNING_AND_DELAYED(RepairKind.DOUBLE, r -> r.hset(NS + "running", "delayed", FOREIGN)),
    TWICE_DONE(RepairKind.DOUBLE, r -> r.lpush(NS + "done", "result")),
    DONE_AND_KEPT(RepairKind.DOUBLE, r -> r.rpush(NS + "done", "kept")),
    TRAIL_WITHOUT_TASK(RepairKind.LEFTOVER, r -> r.rpush(NS + "attempts:nobody", "x")),
    UNIQUE_WITHOUT_TASK(RepairKind.LEFTOVER, r -> r.set(NS + "unique:ff", "nobody")),
    UNIQUE_OF_AN_ENDED_TASK(RepairKind.LEFTOVER, r -> r.set(NS + "unique:ff", "dead")),
    RECORDS_WITHOUT_SCHEDULE(RepairKind.LEFTOVER, r -> r.rpush(NS + "fires:nobody", "x")),
    SCHEDULE_NOT_LISTED(RepairKind.SCHEDULE, r -> r.zrem(NS + "schedules", "hourly")),
    SCHEDULE_NOT_DUE(RepairKind.SCHEDULE, r -> r.zrem(NS + "due", "hourly")),
    READY_TOO_HIGH(RepairKind.COUNT, r -> r.hincrBy(NS + "counts", "low", 3)),
    READY_TOO_LOW(RepairKind.COUNT, r -> r.hdel(NS + "counts", "medium")),
    OCCUPIED_TOO_HIGH(RepairKind.COUNT, r -> r.hincrBy(NS + "occupied", "default", 2)),
    OCCUPIED_BY_NOTHING(RepairKind.COUNT, r -> r.hset(NS + "occupied", "none", "2")),
    QUEUE_WITHOUT_LIST(RepairKind.QUEUE, r -> r.zadd(NS + "queues:low", 0, "none")),
    QUEUE_UNKNOWN(RepairKind.QUEUE, r -> r.zrem(NS + "queues:high", "slow")),
    QUEUE_WITHOUT_TURNS(RepairKind.QUEUE, r -> r.zrem(NS + "turns:medium", "default"));

    private final RepairKind kind;
    private final Consumer<Jedis> done;

    Damage(RepairKind kind, Consumer<Jedis> done) {
      this.kind = kind;
      this.done = done;
    }

    private static void copyRunning(Jedis redis, String id) {
      redis.hset(NS + "running", id, redis.hget(NS + "running", "running"));
    }

    /// What is another than before the damage once it has been repaired.
    Map<String, String> remains(Map<String, String> before) {
      Map<String, String> remains = new HashMap<>();
      switch (this) {
        case IN_NO_LIST -> {
          String low =
              before.get(NS + "ready:low:default"); // to the back: it was the youngest anyway
          assertTrue(low.startsWith("list [l19, "), low);
        }
        case IN_NO_PAUSED_LIST -> remains.put("ready:high:slow", "list [slow1, slow2, slow0]");
        case NOT_SCHEDULED -> {
          String without = before.get(NS + "scheduled").replaceFirst("\\[retried,[^]]*], ", "");
          remains.put("scheduled", without);
          remains.put("ready:high:default", atTheBack(before, "retried"));
        }
        case NOT_RUNNING -> {
          remains.put("running", null);
          remains.put("ready:high:default", atTheBack(before, "running"));
        }
        default -> {}
      }
      return remains;
    }

    private static String atTheBack(Map<String, String> before, String id) {
      return before.get(NS + "ready:high:default").replaceFirst("\\[", "[" + id + ", ");
    }
  }

  private Map<RepairKind, Integer> pass() {
    return besidesCounts(Repairs.pass(store, token));
  }

  /// What was repaired but for the counts: they are wrong as well where a list was damaged.
  private static Map<RepairKind, Integer> besidesCounts(Map<RepairKind, Integer> repaired) {
    return repaired.entrySet().stream()
        .filter(entry -> entry.getKey() != RepairKind.COUNT)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void damage_is_repaired_and_nothing_else_is_touched(Damage damage) {
    Repairs.fill(store, token, 20);
    store.jedis.hdel(NS + "leader", "waiting");
    var before = server.snapshot();
    damage.done.accept(store.jedis);
    assertTrue(!before.equals(server.snapshot()), "nothing was damaged");
    Map<RepairKind, Integer> repaired = Repairs.pass(store, token);
    assertEquals(
        Map.of(damage.kind, 1),
        damage.kind == RepairKind.COUNT ? repaired : besidesCounts(repaired));
    QueueIndexes.checkCounts(store.jedis, () -> damage.toString());
    Map<String, String> changed = StoreOnRedis.changed(server, before);
    if (damage == Damage.NOT_DONE) { // it has no place in the list any more, but it has a time
      long end = Long.parseLong(store.jedis.get(NS + "task:done").substring(14, 27), 16) / 1000;
      long removal = end + StoreOnRedis.LIMITS.retention().toMillis();
      assertEquals(removal, store.jedis.zscore(NS + "retained", "done").longValue());
      assertEquals(List.of("result"), store.jedis.lrange(NS + "done", 0, -1));
      assertEquals(2, changed.size(), changed::toString);
    } else {
      assertEquals(damage.remains(before), changed);
    }
    var after = server.snapshot();
    assertEquals(Map.of(), pass());
    assertEquals(after, server.snapshot());
  }

  @Test
  void a_healthy_store_is_left_as_it_is() {
    Repairs.fill(store, token, 2_000);
    var before = server.snapshot();
    for (int i = 0; i < 3; i++) {
      assertEquals(Map.of(), pass());
      assertEquals(before, server.snapshot());
    }
    store.jedis.flushAll();
    token = store.lead(1001);
    before = server.snapshot();
    assertEquals(Map.of(), pass());
    assertEquals(before, server.snapshot());
  }

  @Test
  void other_schedulers_on_the_same_redis_are_not_looked_at() {
    store.submitAll(Priority.HIGH, "a");
    store.jedis.rpush("{other}:attempts:nobody", "x");
    store.jedis.set("{other}:task:lost", store.jedis.get(NS + "task:a"));
    var before = server.snapshot();
    assertEquals(Map.of(), pass());
    assertEquals(before, server.snapshot());
  }

  @Test
  void many_lost_and_doubled_tasks_among_thousands_are_found() {
    Repairs.fill(store, token, 3_000);
    for (int i = 0; i < 40; i++) {
      store.jedis.lrem(NS + "ready:medium:default", 0, "m" + 70 * i);
      store.jedis.linsert(
          NS + "ready:low:default", ListPosition.BEFORE, "l" + (70 * i + 9), "l" + 70 * i);
    }
    assertEquals(Map.of(RepairKind.LOST, 40, RepairKind.DOUBLE, 40), pass());
    for (String priority : List.of("medium", "low")) {
      List<String> ids = store.jedis.lrange(NS + "ready:" + priority + ":default", 0, -1);
      assertEquals(3_000, ids.size());
      assertEquals(3_000, ids.stream().distinct().count());
    }
  }

  @Test
  void a_pass_looks_for_a_hundred_lost_tasks_and_leaves_the_rest_to_the_next() {
    Repairs.submitMany(store, Priority.MEDIUM, "m", 1_000);
    Repairs.submitMany(store, Priority.LOW, "l", 150);
    store.jedis.del(NS + "ready:low:default");
    RepairPass pass = store.maintenance.repair(token);
    while (pass.step()) {
      assertEquals(0, pass.unsettled());
    }
    assertEquals(Map.of(RepairKind.LOST, 100, RepairKind.QUEUE, 1), besidesCounts(pass.repaired()));
    assertEquals(50, pass.unsettled());
    assertEquals(Map.of(RepairKind.LOST, 50), pass());
    assertEquals(150, store.jedis.llen(NS + "ready:low:default"));
  }

  @Test
  void a_lost_task_wakes_a_leader_that_waits() {
    store.submitAll(Priority.HIGH, "a");
    store.jedis.del(NS + "ready:high:default");
    assertEquals(List.of(), store.claim(token, 1));
    assertTrue(store.jedis.hexists(NS + "leader", "waiting"));
    assertEquals(Map.of(RepairKind.LOST, 1), pass());
    assertTrue(!store.jedis.hexists(NS + "leader", "waiting"));
    assertEquals("a", store.claimOne(token).id());
  }

  @Test
  void a_record_removed_by_hand_leaves_an_id_that_is_counted_as_stale_until_a_claim_drops_it() {
    store.submitAll(Priority.HIGH, "a", "b");
    store.jedis.del(NS + "task:a");
    pass();
    assertEquals("1", store.jedis.hget(NS + "stale", "high:default"));
    assertEquals(1, store.queries.counts().queued());
    assertEquals("b", store.claimOne(token).id());
    assertEquals(Map.of(), store.jedis.hgetAll(NS + "stale"));
  }

  @Test
  void a_count_of_stale_ids_is_left_alone_where_something_moved_meanwhile() {
    Repairs.submitMany(store, Priority.HIGH, "h", 1_200);
    store.commands.cancel("h7");
    store.jedis.hset(NS + "stale", "high:default", "5");
    RepairPass pass = store.maintenance.repair(token);
    assertTrue(pass.step());
    assertTrue(pass.step());
    store.claimOne(token);
    while (pass.step()) {
      assertEquals(0, pass.unsettled());
    }
    assertEquals(Map.of(), besidesCounts(pass.repaired()));
    assertEquals("5", store.jedis.hget(NS + "stale", "high:default"));
    pass();
    assertEquals("1", store.jedis.hget(NS + "stale", "high:default"));
  }

  @Test
  void a_walk_loses_nothing_to_what_is_pushed_before_its_place() {
    Repairs.submitMany(store, Priority.HIGH, "h", 1_200);
    RepairPass pass = store.maintenance.repair(token);
    assertTrue(pass.step());
    assertTrue(pass.step());
    Repairs.submitMany(store, Priority.HIGH, "i", 700); // more than a page
    store.jedis.lrem(NS + "ready:high:default", 0, "h3");
    while (pass.step()) {
      assertEquals(0, pass.unsettled());
    }
    assertEquals(Map.of(RepairKind.LOST, 1), besidesCounts(pass.repaired()));
  }

  /// As many steps as a pass over a few tasks has before it settles what it suspects.
  private static final int BEFORE_IT_SETTLES = 13;

  private static RepairPass begun(StoreOnRedis store, FencingToken token, int steps) {
    RepairPass pass = store.maintenance.repair(token);
    for (int i = 0; i < steps; i++) {
      assertTrue(pass.step());
    }
    return pass;
  }

  @Test
  void a_task_that_was_suspected_and_has_moved_on_is_not_touched() {
    store.submitAll(Priority.HIGH, "lost", "ended", "claimed", "cancelled");
    store.jedis.del(NS + "ready:high:default");
    RepairPass pass = begun(store, token, BEFORE_IT_SETTLES);
    store.commands.cancel("cancelled");
    store.jedis.lpush(NS + "ready:high:default", "ended", "claimed");
    store.jedis.zadd(NS + "turns:high", 1, "default");
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    assertEquals("claimed", store.claimOne(token).id());
    while (pass.step()) {
      assertEquals(0, pass.unsettled());
    }
    assertEquals(Map.of(RepairKind.LOST, 1, RepairKind.QUEUE, 1), besidesCounts(pass.repaired()));
    assertEquals(List.of("lost"), store.jedis.lrange(NS + "ready:high:default", 0, -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, BEFORE_IT_SETTLES})
  void nothing_is_repaired_under_a_token_that_was_succeeded(int steps) {
    Repairs.submitMany(store, Priority.LOW, "l", 20);
    FencingToken old = token;
    store.jedis.lrem(NS + "ready:low:default", 0, "l3");
    RepairPass pass = begun(store, old, steps);
    for (String index : List.of("scheduled", "retained", "dead", "expired", "cancelled")) {
      store.jedis.zadd(NS + index, 7, "nobody");
    }
    store.jedis.hset(NS + "running", "nobody", FOREIGN);
    store.jedis.rpush(NS + "attempts:nobody", "x");
    store.jedis.hset(NS + "stale", "high:default", "1");
    token = store.lead(1001);
    var before = server.snapshot();
    assertThrows(StoreException.Fenced.class, pass::step);
    assertEquals(Map.of(), besidesCounts(pass.repaired()));
    assertEquals(before, server.snapshot());
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void a_full_redis_stops_no_repair(Damage damage) {
    Repairs.fill(store, token, 20);
    damage.done.accept(store.jedis);
    store.jedis.configSet("maxmemory", "1");
    assertThrows(StoreException.Refused.class, () -> store.submit("new", Priority.HIGH));
    assertTrue(Repairs.pass(store, token).containsKey(damage.kind));
  }

  @Test
  void many_types_that_were_set_aside_do_not_stop_a_look_half_way() {
    try (Pipeline pipeline = store.jedis.pipelined()) {
      for (int i = 0; i < 9000; i++) { // unpack takes fewer than 8,000
        pipeline.sadd(NS + "parked", "h:type" + i);
        pipeline.rpush(NS + "parked:h:type" + i, "t" + i);
      }
    }
    RepairPass pass = store.maintenance.repair(token);
    assertDoesNotThrow(pass::step);
  }
}
