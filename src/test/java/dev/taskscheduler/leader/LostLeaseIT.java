package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.testing.RedisServer;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// The rules of who may lead on a Redis that was emptied, restored or restarted.
class LostLeaseIT extends TwoCandidates {
  @Test
  void an_emptied_redis_is_waited_for_by_whoever_has_seen_a_lease() {
    aLeadsAndBWatches();
    passes(100);
    jedis.flushAll();
    b.looks();
    assertFalse(b.mayStand());
    assertEquals(Lease.Renewal.FENCED, a.renews());
    passes(TRUST_MS);
    FencingToken before = a.heldToken();
    redisTimePasses(before);
    assertTrue(b.stands());
    assertTrue(b.heldToken().epoch() > before.epoch());
    passes(TRUST_MS);
  }

  @Test
  void a_lease_that_vanished_while_the_call_was_on_its_way_lets_nobody_pass() {
    aLeadsAndBWatches();
    passes(TRUST_MS);
    LeaseState watched = b.mayShow();
    jedis.flushAll();
    assertFalse(b.answered(b.asks(watched), nowMs, b.wall()));
    assertFalse(b.mayStand());
  }

  @Test
  void a_lease_restored_to_an_older_state_fences_the_leader_whose_acquisition_it_lacks() {
    aLeadsAndBWatches();
    final byte[] older = jedis.dump(KEY);
    passes(TRUST_MS);
    assertTrue(b.stands());
    final FencingToken rolledBack = b.heldToken();
    jedis.del(KEY);
    jedis.restore(KEY, 0, older);
    a.looks();
    assertEquals(Lease.Renewal.FENCED, b.renews());
    passes(TRUST_MS);
    redisTimePasses(rolledBack);
    assertTrue(a.stands());
    assertTrue(a.heldToken().epoch() > rolledBack.epoch());
    passes(TRUST_MS);
  }

  @Test
  void renewals_that_a_restart_forgot_let_nobody_pass_on_an_earlier_state() {
    try (RedisServer lasting = new RedisServer("appendonly yes", "appendfsync always");
        Redis client = lasting.redis(1);
        Jedis there = lasting.jedis()) {
      lease = new RedisLease(client, NS);
      aLeadsAndBWatches();
      final byte[] older = there.dump(KEY);
      passes(TRUST_MS - MARGIN_MS - 1);
      a.renews(); // not seen by the other, and forgotten by Redis
      there.del(KEY);
      there.restore(KEY, 0, older);
      lasting.restart();
      redisAnswers(client);
      passes(MARGIN_MS + 1);
      assertTrue(a.trusts());
      assertTrue(b.mayStand());
      assertFalse(b.stands());
      assertEquals(Lease.Renewal.RESTARTED, lease.renew(a.heldToken()));
      passes(TRUST_MS);
      assertTrue(b.stands());
      passes(TRUST_MS);
    }
  }

  private static void redisAnswers(Redis client) {
    for (int i = 0; i < 100 && !client.ping(); i++) {
      Thread.onSpinWait(); // the first call finds the old connection broken
    }
  }
}
