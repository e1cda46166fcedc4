package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// The rules of who may lead, [LeaseObserver], [Trust] and the real scripts together, with a clock
/// that the test moves: each trap that a model of the gate knows, and that no two ever trust
/// themselves at one instant.
class GateIT {
  private static final Namespace NS = new Namespace("gate");
  private static final String KEY = "{gate}:leader";
  private static final Duration TRUST = Duration.ofSeconds(3);
  private static final long TRUST_MS = TRUST.toMillis();
  private static final long MARGIN_MS = 300;
  private static RedisServer server;

  private Redis redis;
  private Jedis jedis;
  private RedisLease lease;
  private long nowMs = 1_000_000;
  private Node a;
  private Node b;

  @BeforeAll
  static void startServer() {
    server = new RedisServer();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() {
    redis = server.redis(1);
    jedis = server.jedis();
    jedis.flushAll();
    lease = new RedisLease(redis, NS);
    a = new Node("a");
    b = new Node("b");
  }

  @AfterEach
  void disconnect() {
    jedis.close();
    redis.close();
  }

  /// Time goes on, for all at the same rate. An epoch is at least Redis's time; what the moved
  /// clock calls a trust may be no millisecond there.
  private static void redisTimePasses(FencingToken token) {
    Eventually.await("Redis's clock goes on", () -> System.currentTimeMillis() > token.epoch());
  }

  private void passes(long ms) {
    for (long end = nowMs + ms; nowMs < end; nowMs++) {
      assertFalse(a.trusts() && b.trusts(), "two trust themselves");
    }
    assertFalse(a.trusts() && b.trusts(), "two trust themselves");
  }

  /// One request by the rules, its calls in the hands of the test.
  private final class Node {
    final String name;
    final LeaseObserver watch = new LeaseObserver(TRUST);
    String nonce = LeaseRequest.newNonce();
    long wallStepMs;
    @Nullable Trust trust;
    @Nullable FencingToken token;

    Node(String name) {
      this.name = name;
    }

    long nanos() {
      return nowMs * 1_000_000;
    }

    long wall() {
      return nowMs + wallStepMs;
    }

    boolean trusts() {
      return trust != null && trust.leftNanos(nanos(), wall()) > 0;
    }

    void looks() {
      watch.saw(lease.observe(), nanos());
    }

    LeaseState mayShow() {
      return watch.passes(nanos()).orElseThrow();
    }

    boolean mayStand() {
      return watch.passes(nanos()).isPresent();
    }

    Acquisition asks(LeaseState watched) {
      return lease.acquire(new LeaseRequest(name, "redis", nonce, TRUST), watched);
    }

    /// A whole stand; the call takes no time.
    boolean stands() {
      Optional<LeaseState> watched = watch.passes(nanos());
      return watched.isPresent() && answered(asks(watched.get()), nowMs, wall());
    }

    boolean answered(Acquisition answer, long startMs, long startWallMs) {
      return switch (answer) {
        case Acquisition.Granted granted -> {
          token = granted.token();
          trust = new Trust(TRUST, startMs * 1_000_000, startWallMs);
          watch.admitted();
          nonce = LeaseRequest.newNonce();
          yield true;
        }
        case Acquisition.Refused(LeaseState now) -> {
          watch.saw(now, nanos());
          nonce = LeaseRequest.newNonce();
          yield false;
        }
      };
    }

    Lease.Renewal beats() {
      long startMs = nowMs;
      return beatAnswered(lease.renew(heldToken()), startMs);
    }

    Lease.Renewal beatAnswered(Lease.Renewal answer, long startMs) {
      Trust held = heldTrust();
      if (answer == Lease.Renewal.RENEWED) {
        held.extend(startMs * 1_000_000, startMs + wallStepMs, nanos(), wall());
      } else {
        held.end();
      }
      return answer;
    }

    FencingToken heldToken() {
      return Optional.ofNullable(token).orElseThrow();
    }

    Trust heldTrust() {
      return Optional.ofNullable(trust).orElseThrow();
    }
  }

  private void aLeadsAndBWatches() {
    a.looks();
    assertTrue(a.stands());
    b.looks();
  }

  @Test
  void a_follower_waits_for_the_holders_whole_trust_and_not_a_moment_less() {
    aLeadsAndBWatches();
    passes(TRUST_MS - 1);
    assertFalse(b.mayStand());
    passes(1);
    assertFalse(a.trusts());
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void a_beat_between_the_end_of_the_wait_and_the_take_over_keeps_the_holder() {
    aLeadsAndBWatches();
    passes(TRUST_MS - MARGIN_MS - 1);
    long startMs =
        nowMs; // sent while trusted, and on its way until the wait of the other has ended
    passes(MARGIN_MS + 1);
    LeaseState watched = b.mayShow();
    Lease.Renewal late = lease.renew(a.heldToken());
    assertFalse(b.answered(b.asks(watched), nowMs, b.wall()));
    a.beatAnswered(late, startMs);
    assertFalse(a.trusts()); // and yet the beat came too late for its own sender
    passes(TRUST_MS - 1);
    assertFalse(b.mayStand());
    passes(1);
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void what_is_read_after_the_wait_is_not_what_was_watched() {
    aLeadsAndBWatches();
    passes(TRUST_MS - MARGIN_MS - 1);
    a.beats();
    passes(MARGIN_MS + 1);
    b.looks();
    assertFalse(b.mayStand());
    assertTrue(a.trusts());
  }

  @Test
  void a_take_over_that_was_long_on_its_way_is_trusted_from_its_start() {
    a.looks();
    LeaseState watched = a.mayShow();
    long startMs = nowMs;
    Acquisition answer = a.asks(watched);
    b.looks();
    passes(TRUST_MS - MARGIN_MS - 10);
    a.answered(answer, startMs, startMs);
    assertTrue(a.trusts());
    passes(10);
    assertFalse(a.trusts());
    passes(MARGIN_MS);
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void a_beat_that_hangs_beyond_trust_revives_nothing() {
    aLeadsAndBWatches();
    passes(1000);
    long startMs = nowMs;
    Lease.Renewal answer = lease.renew(a.heldToken());
    b.looks();
    passes(TRUST_MS - 1000);
    assertFalse(a.trusts());
    a.beatAnswered(answer, startMs);
    assertFalse(a.trusts());
    passes(1000);
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void a_take_over_asked_again_after_a_lost_answer_keeps_out_who_watched_before() {
    a.looks();
    LeaseState watched = a.mayShow();
    a.asks(watched); // granted, and the answer lost
    b.looks();
    passes(TRUST_MS);
    LeaseState shown = b.mayShow();
    assertTrue(a.answered(a.asks(watched), nowMs, a.wall()));
    assertFalse(b.answered(b.asks(shown), nowMs, b.wall()));
    passes(TRUST_MS);
  }

  @Test
  void a_lost_answer_of_a_take_over_that_was_succeeded_leads_to_nothing() {
    a.looks();
    LeaseState watched = a.mayShow();
    a.asks(watched);
    b.looks();
    passes(TRUST_MS);
    assertTrue(b.stands());
    assertFalse(a.answered(a.asks(watched), nowMs, a.wall()));
    passes(TRUST_MS);
  }

  @Test
  void a_pause_between_the_check_and_the_write_is_caught_by_the_token() {
    aLeadsAndBWatches();
    assertTrue(a.trusts()); // checked, then stopped for a while
    passes(TRUST_MS);
    assertTrue(b.stands());
    Map<String, String> before = server.snapshot();
    assertEquals(Lease.Renewal.FENCED, a.beats());
    assertFalse(lease.release(a.heldToken()));
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_release_lets_the_next_pass_at_once_and_ends_the_releaser() {
    aLeadsAndBWatches();
    passes(10);
    a.heldTrust().end();
    assertTrue(lease.release(a.heldToken()));
    b.looks();
    assertTrue(b.stands());
    assertEquals(Lease.Renewal.FENCED, lease.renew(a.heldToken()));
    passes(TRUST_MS);
  }

  @Test
  void an_emptied_redis_is_waited_for_by_whoever_has_seen_a_fence() {
    aLeadsAndBWatches();
    passes(100);
    jedis.flushAll();
    b.looks();
    assertFalse(b.mayStand());
    assertEquals(Lease.Renewal.FENCED, a.beats());
    passes(TRUST_MS);
    FencingToken before = a.heldToken();
    redisTimePasses(before);
    assertTrue(b.stands());
    assertTrue(b.heldToken().epoch() > before.epoch());
    passes(TRUST_MS);
  }

  @Test
  void a_fence_that_vanished_while_the_call_was_on_its_way_lets_nobody_pass() {
    aLeadsAndBWatches();
    passes(TRUST_MS);
    LeaseState watched = b.mayShow();
    jedis.flushAll();
    assertFalse(b.answered(b.asks(watched), nowMs, b.wall()));
    assertFalse(b.mayStand());
  }

  @Test
  void a_fence_restored_to_an_older_state_fences_the_leader_whose_take_over_it_lacks() {
    aLeadsAndBWatches();
    final byte[] older = jedis.dump(KEY);
    passes(TRUST_MS);
    assertTrue(b.stands());
    final FencingToken rolledBack = b.heldToken();
    jedis.del(KEY);
    jedis.restore(KEY, 0, older);
    a.looks();
    assertEquals(Lease.Renewal.FENCED, b.beats());
    passes(TRUST_MS);
    redisTimePasses(rolledBack);
    assertTrue(a.stands());
    assertTrue(a.heldToken().epoch() > rolledBack.epoch());
    passes(TRUST_MS);
  }

  @Test
  void beats_that_a_restart_forgot_let_nobody_pass_on_what_was_watched_before_it() {
    try (RedisServer lasting = new RedisServer("appendonly yes", "appendfsync always");
        Redis client = lasting.redis(1);
        Jedis there = lasting.jedis()) {
      lease = new RedisLease(client, NS);
      aLeadsAndBWatches();
      final byte[] older = there.dump(KEY);
      passes(TRUST_MS - MARGIN_MS - 1);
      a.beats(); // not seen by the other, and forgotten by Redis
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

  @Test
  void a_wall_clock_that_steps_forward_ends_trust_early_and_back_prolongs_nothing() {
    aLeadsAndBWatches();
    a.wallStepMs = -3_600_000;
    passes(TRUST_MS - MARGIN_MS - 1);
    assertTrue(a.trusts());
    passes(1);
    assertFalse(a.trusts());
    passes(MARGIN_MS);
    assertTrue(b.stands());
    b.wallStepMs = 3_600_000;
    assertFalse(b.trusts());
    b.wallStepMs = 0;
    assertFalse(b.trusts());
  }

  @Test
  void a_holder_with_a_longer_trust_is_waited_for_as_long_as_it_needs() {
    LeaseRequest patient = new LeaseRequest("a", "redis", a.nonce, TRUST.multipliedBy(2));
    assertInstanceOf(Acquisition.Granted.class, lease.acquire(patient, new LeaseState.Vacant()));
    b.looks();
    passes(2 * TRUST_MS - 1);
    assertFalse(b.mayStand());
    passes(1);
    assertTrue(b.stands());
  }
}
