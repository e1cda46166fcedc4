package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.leader.redis.RedisElection;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// Two or three managers over one real Redis: who leads, when, and that no two ever trust
/// themselves at one instant.
class LeadershipManagerIT {
  private static final System.Logger LOG = System.getLogger(LeadershipManagerIT.class.getName());
  private static final Namespace NS = new Namespace("test");
  private static final String KEY = "{test}:leader";
  private static final Duration TRUST = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final RedisServer server = new RedisServer("appendonly yes");
  private final List<Node> nodes = new ArrayList<>();

  /// One node's leadership room.
  private final class Node {
    final RecordedWork work = new RecordedWork();
    final AtomicInteger fencedWrites = new AtomicInteger();
    final AtomicInteger leading = new AtomicInteger();
    final Redis redis =
        new Redis(
            server.config(),
            new Namespace("scheduler"),
            new Redis.Pool("test", 4, TRUST.dividedBy(4)),
            RedisListener.NONE);
    final LeadershipManager manager;

    Node(String name, boolean eligible) {
      LeadershipListener listener =
          new LeadershipListener() {
            @Override
            public void transition(boolean leads) {
              leading.addAndGet(leads ? 1 : -1);
            }

            @Override
            public void fencedWrite() {
              fencedWrites.incrementAndGet();
            }
          };
      manager =
          new LeadershipManager(
              new LeaderConfig(name, TRUST, Duration.ofSeconds(5), eligible),
              new RedisLease(redis, NS),
              new RedisElection(redis, NS),
              work,
              listener);
      nodes.add(this);
      manager.start();
    }

    boolean leads() {
      return manager.leadership().isPresent();
    }
  }

  @AfterEach
  void no_two_trusted_themselves_at_one_instant() {
    nodes.forEach(n -> {
      n.work.endsAtOnce.set(true);
      n.manager.close();
      n.redis.close();
      n.work.intervals.forEach(i -> i.stopped = true);
    });
    server.close();
    List<RecordedWork.Interval> all =
        nodes.stream()
            .flatMap(n -> n.work.intervals.stream())
            .sorted(Comparator.comparingLong((RecordedWork.Interval i) -> i.began))
            .toList();
    for (int i = 1; i < all.size(); i++) {
      long gap = all.get(i).began - all.get(i - 1).lastTrusted;
      assertTrue(gap > 0, "overlap of ns " + -gap);
      assertNotEquals(all.get(i - 1).leadership.token(), all.get(i).leadership.token());
    }
    nodes.forEach(n -> assertEquals(0, n.leading.get()));
  }

  private Node leading(String name) throws InterruptedException {
    Node node = new Node(name, true);
    assertTrue(node.work.awaitBegin(LIMIT));
    return node;
  }

  private Node following(String name, Node leader) {
    Node node = new Node(name, true);
    awaitLeader(node, leader.work.last().leadership.token().epoch());
    return node;
  }

  private static void awaitLeader(Node node, long epoch) {
    await(() -> node.manager.leader().map(Leader::epoch).equals(Optional.of(epoch)));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, "did not come in time");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void tells(String what, long fromNanos, long toNanos) {
    LOG.log(
        System.Logger.Level.INFO,
        () -> what + " us=" + TimeUnit.NANOSECONDS.toMicros(toNanos - fromNanos));
  }

  @Test
  void the_first_node_leads_and_all_see_it() throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    assertEquals("a", b.manager.leader().orElseThrow().node());
    assertEquals("redis", b.manager.leader().orElseThrow().elector());
    assertEquals(a.manager.leader(), b.manager.leader());
    assertTrue(a.leads());
    assertFalse(b.leads());
    assertFalse(b.manager.resign());
    assertEquals(Optional.empty(), a.manager.problem());
    assertEquals(Optional.empty(), b.manager.problem());
  }

  @Test
  void a_node_that_may_not_lead_never_does_and_sees_who_leads() throws Exception {
    Node watcher = new Node("w", false);
    Node a = leading("a");
    awaitLeader(watcher, a.work.last().leadership.token().epoch());
    a.manager.close();
    await(() -> watcher.manager.leader().isEmpty());
    assertFalse(watcher.work.awaitBegin(TRUST.multipliedBy(2)));
  }

  @Test
  void who_resigns_is_followed_at_once_and_lets_the_others_go_first() throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    for (int i = 0; i < 10; i++) {
      Node from = a.leads() ? a : b;
      Node to = from == a ? b : a;
      await(() -> to.manager.leader().isPresent()); // its subscription is up and its look answered
      long start = System.nanoTime();
      assertTrue(from.manager.resign());
      assertTrue(to.work.awaitBegin(LIMIT));
      tells("resign to begin", start, to.work.last().began);
      awaitLeader(from, to.work.last().leadership.token().epoch());
      assertTrue(from.work.endsPlanned.getLast());
    }
  }

  @Test
  void a_drain_goes_on_under_renewals_and_the_next_leader_waits_for_its_end() throws Exception {
    Node a = leading("a");
    a.work.endsAtOnce.set(false);
    Node b = following("b", a);
    assertTrue(a.manager.resign());
    assertTrue(a.work.awaitEnd(LIMIT));
    assertFalse(b.work.awaitBegin(TRUST.multipliedBy(2)));
    assertTrue(a.leads());
    a.work.finish();
    assertTrue(b.work.awaitBegin(LIMIT));
    assertFalse(a.leads());
  }

  @Test
  void a_node_that_resigned_alone_leads_again_after_a_while() throws Exception {
    Node a = leading("a");
    long start = System.nanoTime();
    assertTrue(a.manager.resign());
    assertTrue(a.work.awaitBegin(LIMIT));
    assertTrue(System.nanoTime() - start >= 2 * TRUST.toNanos());
  }

  @Test
  void a_leader_cut_off_from_redis_ends_by_itself_before_another_begins() throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    long start = System.nanoTime();
    a.redis.close();
    assertTrue(a.work.awaitEnd(LIMIT));
    assertFalse(a.work.last().leadership.trusted());
    assertTrue(b.work.awaitBegin(LIMIT));
    tells("cut off to begin", start, b.work.last().began);
    assertFalse(a.work.endsPlanned.getFirst());
    assertTrue(a.manager.problem().isPresent());
  }

  @Test
  void a_fenced_leader_ends_at_once_and_stands_again() throws Exception {
    Node a = leading("a");
    Leadership first = a.work.last().leadership;
    first.fenced();
    assertFalse(first.trusted());
    first.fenced();
    assertTrue(a.work.awaitEnd(LIMIT));
    assertTrue(a.work.awaitBegin(LIMIT));
    assertEquals(2, a.fencedWrites.get());
    assertTrue(a.work.last().leadership.token().epoch() > first.token().epoch());
    assertFalse(first.trusted());
  }

  @Test
  void a_leader_whose_lease_was_taken_ends_with_its_next_renewal() throws Exception {
    Node a = leading("a");
    try (Jedis jedis = server.jedis()) {
      jedis.hset(KEY, "nonce", "f".repeat(16));
    }
    assertTrue(a.work.awaitEnd(TRUST));
    assertTrue(a.work.awaitBegin(LIMIT));
  }

  @Test
  void after_redis_was_killed_and_restarted_leadership_is_taken_anew() throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    server.restart();
    long start = System.nanoTime();
    assertTrue(a.work.awaitEnd(LIMIT));
    await(() -> a.work.intervals.size() + b.work.intervals.size() == 2);
    tells("redis restarted to begin", start, System.nanoTime());
  }

  @Test
  void while_redis_is_away_nobody_leads_and_then_one_does() throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    server.kill();
    assertTrue(a.work.awaitEnd(LIMIT));
    await(() -> b.manager.leader().isEmpty() && a.manager.leader().isEmpty());
    assertTrue(a.manager.problem().isPresent());
    server.restart();
    await(() -> a.leads() || b.leads());
    await(() -> a.manager.problem().isEmpty() && b.manager.problem().isEmpty());
  }

  @Test
  void a_redis_that_hangs_ends_trust_and_one_leads_once_it_goes_on() throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    server.pause();
    assertTrue(a.work.awaitEnd(LIMIT));
    assertFalse(a.leads());
    server.resume();
    await(() -> a.leads() || b.leads());
  }

  @Test
  void an_emptied_redis_ends_the_leadership_and_whoever_follows_waits_for_its_trust()
      throws Exception {
    Node a = leading("a");
    Node b = following("b", a);
    try (Jedis jedis = server.jedis()) {
      jedis.flushAll();
    }
    assertTrue(a.work.awaitEnd(LIMIT));
    await(() -> a.work.intervals.size() + b.work.intervals.size() == 2);
  }

  @Test
  void a_redis_that_may_evict_is_reported_and_not_led_on() throws Exception {
    try (Jedis jedis = server.jedis()) {
      jedis.configSet("maxmemory-policy", "allkeys-lru");
      Node a = new Node("a", true);
      await(() -> a.manager.problem().orElse("").contains("noeviction"));
      assertFalse(a.leads());
      jedis.configSet("maxmemory-policy", "noeviction");
      assertTrue(a.work.awaitBegin(LIMIT));
      assertEquals(Optional.empty(), a.manager.problem());
    }
  }

  @Test
  void a_second_node_with_the_same_id_waits_and_says_so() throws Exception {
    Node a = leading("a");
    Node twin = following("a", a);
    await(() -> twin.manager.problem().orElse("").contains("NODE_ID"));
    assertFalse(twin.leads());
    a.manager.close();
    assertTrue(twin.work.awaitBegin(LIMIT));
    assertEquals(Optional.empty(), twin.manager.problem());
  }

  @Test
  void three_nodes_that_start_and_stop_in_turn_never_lead_together() throws Exception {
    Node a = leading("a");
    Node b = new Node("b", true);
    Node c = new Node("c", true);
    a.manager.close();
    await(() -> b.leads() || c.leads());
    (b.leads() ? b : c).manager.close();
    await(() -> b.leads() || c.leads());
  }
}
