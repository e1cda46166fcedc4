package dev.taskscheduler.lease.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.Subscription;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The lease's scripts, one by one, with all keys compared before and after.
class RedisLeaseIT extends LeaseOnRedis {
  private static final LeaseState VACANT = new LeaseState.Vacant();

  private static LeaseRequest request(String node, String nonceDigit) {
    return new LeaseRequest(node, "redis", nonceDigit.repeat(16), Duration.ofSeconds(3));
  }

  private FencingToken granted(Acquisition answer) {
    return assertInstanceOf(Acquisition.Granted.class, answer).token();
  }

  private LeaseState refused(Acquisition answer) {
    return assertInstanceOf(Acquisition.Refused.class, answer).now();
  }

  private LeaseState.Held held() {
    return assertInstanceOf(LeaseState.Held.class, lease.observe());
  }

  private void changesNothing(Runnable call) {
    Map<String, String> before = server.snapshot();
    call.run();
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_look_at_no_lease_shows_none_and_changes_nothing() {
    changesNothing(() -> assertEquals(VACANT, lease.observe()));
  }

  @Test
  void the_first_nominee_is_admitted_and_shown() {
    Instant before = Instant.now().minusMillis(1);
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    LeaseState.Held held = held();
    assertEquals(
        new LeaseState.Held(token, "a", "redis", Duration.ofSeconds(3), 1, false, held.since()),
        held);
    assertTrue(held.since().isAfter(before) && !held.since().isAfter(Instant.now()));
    assertEquals(token.epoch(), held.since().toEpochMilli());
    Map<String, String> fields = jedis.hgetAll(KEY);
    String runId =
        jedis
            .info("server")
            .lines()
            .filter(l -> l.startsWith("run_id:"))
            .findFirst()
            .orElseThrow()
            .substring(7);
    assertEquals(runId, fields.get("runId"));
    assertEquals("0", fields.get("claimSeq"));
    assertEquals(Map.of(KEY, "hash").keySet(), server.snapshot().keySet());
  }

  @Test
  void an_acquisition_asked_twice_is_granted_again_and_counts_as_a_renewal() {
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    jedis.hset(KEY, Map.of("claimSeq", "4", "waiting", "1"));
    Map<String, String> before = jedis.hgetAll(KEY);
    assertEquals(token, granted(lease.acquire(request("a", "a"), VACANT)));
    before.put("renewals", "2");
    assertEquals(before, jedis.hgetAll(KEY));
  }

  @Test
  void who_watched_no_lease_is_refused_where_one_stands() {
    granted(lease.acquire(request("a", "a"), VACANT));
    changesNothing(() -> assertEquals(held(), refused(lease.acquire(request("b", "b"), VACANT))));
  }

  @Test
  void who_watched_a_lease_is_refused_where_none_stands() {
    granted(lease.acquire(request("a", "a"), VACANT));
    LeaseState watched = held();
    jedis.flushAll();
    changesNothing(() -> assertEquals(VACANT, refused(lease.acquire(request("b", "b"), watched))));
  }

  @Test
  void who_shows_what_stands_is_admitted_with_a_greater_epoch_and_a_clean_claim_record() {
    FencingToken first = granted(lease.acquire(request("a", "a"), VACANT));
    jedis.hset(KEY, Map.of("claimSeq", "4", "waiting", "1"));
    FencingToken second = granted(lease.acquire(request("b", "b"), held()));
    assertTrue(second.epoch() > first.epoch());
    assertEquals("0", jedis.hget(KEY, "claimSeq"));
    assertFalse(jedis.hexists(KEY, "waiting"));
    assertEquals(1, held().renewals());
  }

  @Test
  void who_shows_an_older_renewal_is_refused() {
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    LeaseState watched = held();
    assertEquals(Lease.Renewal.RENEWED, lease.renew(token));
    changesNothing(() -> assertEquals(held(), refused(lease.acquire(request("b", "b"), watched))));
  }

  @Test
  void a_repeated_grant_keeps_out_who_watched_before_it() {
    granted(lease.acquire(request("a", "a"), VACANT));
    LeaseState watched = held();
    granted(lease.acquire(request("a", "a"), VACANT));
    changesNothing(() -> refused(lease.acquire(request("b", "b"), watched)));
  }

  @Test
  void the_epoch_grows_even_when_redis_has_a_greater_one() {
    granted(lease.acquire(request("a", "a"), VACANT));
    jedis.hset(KEY, "epoch", "9000000000000");
    assertEquals(9000000000001L, granted(lease.acquire(request("b", "b"), held())).epoch());
  }

  @Test
  void an_epoch_that_a_failover_lost_is_not_granted_again_nor_a_smaller_one() {
    granted(lease.acquire(request("a", "a"), VACANT));
    jedis.hset(KEY, "epoch", "9000000000000");
    lease.observe();
    jedis.hset(KEY, "epoch", "1");
    assertEquals(9000000000001L, granted(lease.acquire(request("b", "b"), held())).epoch());
    jedis.flushAll();
    assertEquals(9000000000002L, granted(lease.acquire(request("c", "c"), VACANT)).epoch());
  }

  @Test
  void the_lease_says_why_its_holder_leads() {
    FencingToken first = granted(lease.acquire(request("a", "a"), VACANT));
    assertEquals("first", jedis.hget(KEY, "why"));
    for (Lease.Reason reason : Lease.Reason.values()) {
      assertTrue(lease.release(held().token(), reason));
      granted(lease.acquire(request("b", String.valueOf(reason.ordinal())), held()));
      assertEquals(reason.name().toLowerCase(Locale.ROOT), jedis.hget(KEY, "why"));
    }
    granted(lease.acquire(request("c", "c"), held()));
    assertEquals("silent", jedis.hget(KEY, "why"));
    granted(lease.acquire(request("c", "d"), held()));
    assertEquals("again", jedis.hget(KEY, "why"));
    jedis.hset(KEY, "released", "1"); // by an older version
    granted(lease.acquire(request("a", "e"), held()));
    assertEquals("released", jedis.hget(KEY, "why"));
    assertTrue(held().token().epoch() > first.epoch());
  }

  @Test
  void a_renewal_counts_up_and_changes_nothing_else() {
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    Map<String, String> before = jedis.hgetAll(KEY);
    assertEquals(Lease.Renewal.RENEWED, lease.renew(token));
    before.put("renewals", "2");
    assertEquals(before, jedis.hgetAll(KEY));
  }

  @Test
  void a_renewal_without_a_lease_or_after_another_acquisition_or_after_release_is_fenced() {
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    assertTrue(lease.release(token));
    changesNothing(() -> assertEquals(Lease.Renewal.FENCED, lease.renew(token)));
    granted(lease.acquire(request("b", "b"), held()));
    changesNothing(() -> assertEquals(Lease.Renewal.FENCED, lease.renew(token)));
    jedis.flushAll();
    changesNothing(() -> assertEquals(Lease.Renewal.FENCED, lease.renew(token)));
  }

  @Test
  @SuppressWarnings("try") // the subscription is only held open
  void a_release_is_announced_once_and_opens_the_gate_whatever_was_watched() throws Exception {
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    Semaphore notices = new Semaphore(0);
    try (Subscription released = redis.subscribe(NS.text("released"), notices::release)) {
      assertTrue(notices.tryAcquire(5, TimeUnit.SECONDS)); // subscribed
      assertTrue(lease.release(token));
      assertTrue(notices.tryAcquire(5, TimeUnit.SECONDS));
      assertTrue(held().released());
      changesNothing(() -> assertTrue(lease.release(token)));
      granted(lease.acquire(request("b", "b"), VACANT));
      assertEquals(0, notices.availablePermits());
      assertFalse(held().released());
    }
  }

  @Test
  void a_release_by_another_token_changes_nothing() {
    FencingToken first = granted(lease.acquire(request("a", "a"), VACANT));
    granted(lease.acquire(request("b", "b"), held()));
    changesNothing(() -> assertFalse(lease.release(first)));
    jedis.flushAll();
    changesNothing(() -> assertFalse(lease.release(first)));
  }

  @Test
  void a_late_copy_of_an_acquisition_whose_leadership_was_released_is_refused() {
    lease.release(granted(lease.acquire(request("a", "a"), VACANT)));
    changesNothing(() -> refused(lease.acquire(request("a", "a"), VACANT)));
  }

  @Test
  void acquire_renew_and_release_pass_on_a_full_redis() {
    jedis.set("filler", "x".repeat(100_000));
    jedis.configSet("maxmemory", "1");
    assertThrows(
        redis.clients.jedis.exceptions.JedisDataException.class, () -> jedis.set("more", "x"));
    FencingToken first = granted(lease.acquire(request("a", "a"), VACANT));
    assertEquals(first, granted(lease.acquire(request("a", "a"), VACANT)));
    assertEquals(Lease.Renewal.RENEWED, lease.renew(first));
    FencingToken second = granted(lease.acquire(request("b", "b"), held()));
    assertTrue(lease.release(second));
    assertTrue(held().released());
  }

  @Test
  void who_heard_of_a_release_passes_if_it_is_true_and_by_nothing_else() {
    FencingToken token = granted(lease.acquire(request("a", "a"), VACANT));
    LeaseState announced = held().afterRelease();
    changesNothing(
        () -> assertEquals(held(), refused(lease.acquire(request("b", "b"), announced))));
    assertTrue(lease.release(token));
    FencingToken next = granted(lease.acquire(request("b", "b"), announced));
    changesNothing(() -> refused(lease.acquire(request("c", "c"), announced)));
    assertEquals(next, held().token());
    jedis.flushAll();
    changesNothing(
        () -> assertEquals(VACANT, refused(lease.acquire(request("c", "c"), announced))));
  }

  @Test
  void a_lease_that_something_else_wrote_is_reported() {
    jedis.set(KEY, "text");
    assertThrows(LeaseException.Unfit.class, lease::observe);
    jedis.del(KEY);
    jedis.hset(KEY, Map.of("epoch", "x", "nonce", "y"));
    assertThrows(LeaseException.Unfit.class, lease::observe);
  }

  @Test
  void a_replica_says_that_the_primary_must_be_named() {
    try (RedisServer replica = new RedisServer("replicaof 127.0.0.1 " + server.port());
        Redis toReplica = replica.redis(1)) {
      RedisLease there = new RedisLease(toReplica, NS);
      LeaseException e = null;
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!(e instanceof LeaseException.Unfit) && System.nanoTime() < deadline) {
        // until it has loaded what the primary sent
        e = assertThrows(LeaseException.class, () -> there.acquire(request("a", "a"), VACANT));
      }
      assertTrue(String.valueOf(e).contains("REDIS_ADDR must name the primary"), String.valueOf(e));
    }
  }

  @Test
  void a_missing_password_is_asked_for_and_an_absent_redis_is_unavailable() {
    try (RedisServer locked = new RedisServer("requirepass secret");
        Redis client = locked.redis(1)) {
      RedisLease there = new RedisLease(client, NS);
      LeaseException.Unfit e = assertThrows(LeaseException.Unfit.class, there::observe);
      assertTrue(String.valueOf(e.getMessage()).contains("REDIS_ADDR"), e.getMessage());
      locked.kill();
      assertThrows(LeaseException.Unavailable.class, there::observe);
    }
  }

  @Test
  void after_a_restart_the_holder_is_notified_and_nobody_passes_on_what_was_watched_before() {
    try (RedisServer lasting = new RedisServer("appendonly yes", "appendfsync always");
        Redis client = lasting.redis(1)) {
      RedisLease there = new RedisLease(client, NS);
      FencingToken first = granted(there.acquire(request("a", "a"), VACANT));
      LeaseState watched = there.observe();
      lasting.restart();
      assertThrows(LeaseException.Unavailable.class, there::observe);
      assertEquals(watched, there.observe());
      assertEquals(Lease.Renewal.RESTARTED, there.renew(first));
      LeaseState.Held anew =
          assertInstanceOf(
              LeaseState.Held.class, refused(there.acquire(request("b", "b"), watched)));
      assertEquals(2, anew.renewals());
      assertEquals(Lease.Renewal.RESTARTED, there.renew(first));
      granted(there.acquire(request("b", "b"), anew));
    }
  }

  @Test
  void a_release_from_before_a_restart_opens_nothing_since_a_leadership_may_have_been_forgotten() {
    try (RedisServer lasting = new RedisServer("appendonly yes", "appendfsync always");
        Redis client = lasting.redis(1)) {
      RedisLease there = new RedisLease(client, NS);
      there.release(granted(there.acquire(request("a", "a"), VACANT)));
      lasting.restart();
      assertThrows(LeaseException.Unavailable.class, there::observe);
      LeaseState.Held anew =
          assertInstanceOf(
              LeaseState.Held.class, refused(there.acquire(request("b", "b"), there.observe())));
      assertFalse(anew.released());
      granted(there.acquire(request("b", "b"), anew));
    }
  }

  @Test
  void a_release_after_a_restart_opens_the_gate_at_once() {
    try (RedisServer lasting = new RedisServer("appendonly yes", "appendfsync always");
        Redis client = lasting.redis(1)) {
      RedisLease there = new RedisLease(client, NS);
      FencingToken first = granted(there.acquire(request("a", "a"), VACANT));
      lasting.restart();
      assertThrows(LeaseException.Unavailable.class, there::observe);
      assertTrue(there.release(first));
      granted(there.acquire(request("b", "b"), there.observe()));
    }
  }
}
