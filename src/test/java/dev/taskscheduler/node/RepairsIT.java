package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.redis.RedisTasks;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// When repairs look through Redis, what they report, and when they end. What they repair is tested
/// with the store.
class RepairsIT {
  private static final String NS = "{scheduler}:";
  private static final TaskLimits LIMITS =
      new TaskLimits(1_000_000, 3, Duration.ofHours(24), 1_000_000, 1_000_000);
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SOON = Duration.ofSeconds(1);

  private static RedisServer server;
  private static Redis redis;
  private RedisTasks tasks;
  private Jedis jedis;
  private HeldLeadership leadership;
  private final Told told = new Told();

  private static final class Told implements WorkListener {
    final Map<RepairKind, Integer> repaired = new ConcurrentHashMap<>();
    final AtomicInteger looks = new AtomicInteger();

    @Override
    public void started(Duration wait) {}

    @Override
    public void finished(String outcome, Duration run) {}

    @Override
    public void timedOut() {}

    @Override
    public void stuck() {}

    @Override
    public void repaired(RepairKind kind, int times) {
      repaired.merge(kind, times, Integer::sum);
    }

    @Override
    public void lookedThrough(Duration took) {
      looks.incrementAndGet();
    }
  }

  @BeforeAll
  static void start() {
    server = new RedisServer();
    redis = server.redis(4);
  }

  @AfterAll
  static void stop() {
    redis.close();
    server.close();
  }

  @BeforeEach
  void open() {
    jedis = server.jedis();
    jedis.flushAll();
    tasks = new RedisTasks(redis, new Namespace("scheduler"), LIMITS);
    leadership = HeldLeadership.take(server);
  }

  @AfterEach
  void close() {
    tasks.close();
    jedis.close();
  }

  private Maintenance begun(Duration every) {
    Chore repairs = new Repairs(tasks.maintenance(), every, told);
    Maintenance repairer = new Maintenance("repairs", leadership, List.of(repairs));
    repairer.begin();
    return repairer;
  }

  @Test
  void looks_soon_after_recovery_and_again_after_the_interval() throws InterruptedException {
    jedis.rpush(NS + "attempts:nobody", "x");
    Maintenance repairer = begun(Duration.ofMillis(50));
    await("a look", () -> told.looks.get() >= 1);
    assertEquals(Map.of(RepairKind.LEFTOVER, 1), told.repaired);
    jedis.zadd(NS + "scheduled", Map.of("nobody", 1.0, "nobody-else", 2.0));
    await("another", () -> told.repaired.size() == 2);
    assertEquals(Map.of(RepairKind.LEFTOVER, 1, RepairKind.STRAY, 2), told.repaired);
    repairer.end();
    repairer.awaitEnd(SOON);
    int looks = told.looks.get();
    jedis.rpush(NS + "attempts:nobody", "x");
    assertTrue(!repairer.alive());
    assertEquals(looks, told.looks.get());
  }

  @Test
  void ends_at_once_while_it_waits() throws InterruptedException {
    Maintenance repairer = begun(LONG);
    await("a look", () -> told.looks.get() == 1);
    assertTrue(repairer.alive());
    repairer.end();
    repairer.awaitEnd(SOON);
    assertTrue(!repairer.alive());
  }

  @Test
  void ends_at_once_in_the_midst_of_a_look() throws InterruptedException {
    for (int i = 0; i < 20_000; i++) {
      jedis.set(NS + "idempotency:" + i, "x");
    }
    Maintenance repairer = begun(LONG);
    await("it looks", () -> jedis.info("commandstats").contains("cmdstat_scan:"));
    repairer.end();
    repairer.awaitEnd(SOON);
    assertTrue(!repairer.alive());
    assertEquals(0, told.looks.get());
  }

  @Test
  void tells_that_another_leads_and_ends() throws InterruptedException {
    Maintenance repairer = begun(LONG);
    HeldLeadership.take(server);
    await("it is told", () -> leadership.fencedCalls.get() == 1);
    await("it ends", () -> !repairer.alive());
    assertEquals(0, told.looks.get());
  }

  @Test
  void ends_when_trust_ends() throws InterruptedException {
    Maintenance repairer = begun(Duration.ofMillis(50));
    await("a look", () -> told.looks.get() >= 1);
    leadership.lose();
    await("it ends", () -> !repairer.alive());
  }

  @Test
  void a_look_that_fails_is_told_in_the_log_and_is_no_look() throws InterruptedException {
    jedis.rpush(NS + "task:a", "no string");
    Maintenance repairer = begun(LONG);
    await("it tried", () -> jedis.info("errorstats").contains("errorstat_WRONGTYPE"));
    assertEquals(0, told.looks.get());
    assertTrue(repairer.alive());
    repairer.end();
    repairer.awaitEnd(SOON);
    assertTrue(!repairer.alive());
  }
}
