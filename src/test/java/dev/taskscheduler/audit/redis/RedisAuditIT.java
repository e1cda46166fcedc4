package dev.taskscheduler.audit.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.audit.AuditEntry;
import dev.taskscheduler.audit.AuditTrail;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.LogLines;
import dev.taskscheduler.testing.OnRedis;
import java.util.List;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisAuditIT extends OnRedis {
  private static final String KEY = "{test}:audit";

  private RedisAudit one;
  private RedisAudit two;

  @BeforeEach
  void connect() {
    one = new RedisAudit(redis, new Namespace("test"));
    two = new RedisAudit(redis, new Namespace("test"));
  }

  @AfterEach
  void disconnect() {
    one.close();
    two.close();
  }

  private static AuditEntry entry(String subject) {
    return new AuditEntry("ops", "::1", "node1", "pause", subject);
  }

  private static List<Long> numbers(List<AuditTrail.Kept> page) {
    return page.stream().map(AuditTrail.Kept::number).toList();
  }

  private void awaitLength(long length) {
    Eventually.await(length + " entries", () -> jedis.llen(KEY) == length);
  }

  @Test
  void what_one_node_keeps_another_shows_with_the_time_of_redis() {
    long before = Long.parseLong(jedis.time().getFirst());
    one.record(entry("queue=bücher-例"));
    awaitLength(1);
    AuditTrail.Kept kept = two.newest(OptionalLong.empty(), 10).getFirst();
    assertEquals(entry("queue=bücher-例"), kept.entry());
    assertEquals(1, kept.number());
    long at = kept.at().getEpochSecond();
    assertTrue(at >= before && at <= before + 60, kept.toString());
  }

  @Test
  void pages_go_on_where_the_last_one_ended_while_entries_are_added() {
    LongStream.range(0, 25).forEach(i -> one.record(entry("n=" + i)));
    awaitLength(25);
    List<AuditTrail.Kept> first = two.newest(OptionalLong.empty(), 10);
    assertEquals(25, first.getFirst().number());
    assertEquals("n=24", first.getFirst().entry().subject());
    two.record(entry("later"));
    awaitLength(26);
    List<AuditTrail.Kept> next = one.newest(OptionalLong.of(first.getLast().number()), 10);
    assertEquals(LongStream.iterate(15, n -> n - 1).limit(10).boxed().toList(), numbers(next));
    assertEquals(5, two.newest(OptionalLong.of(6), 10).size());
    assertEquals(List.of(), two.newest(OptionalLong.of(1), 10));
    assertEquals(26, two.newest(OptionalLong.of(999), 100).getFirst().number());
  }

  @Test
  void the_oldest_are_dropped_past_the_limit_and_no_entry_is_long() {
    jedis.eval(
        "for i = 1, ARGV[1] do redis.call('LPUSH', KEYS[1], i .. '\t1\ta\tb\tc\td\te') end",
        1,
        KEY,
        String.valueOf(AuditTrail.MOST));
    one.record(new AuditEntry("x".repeat(1 << 20), "a\tb", "n\n", "\ud800", "s".repeat(1 << 20)));
    Eventually.await("added", () -> jedis.lindex(KEY, 0).startsWith((AuditTrail.MOST + 1) + "\t"));
    assertEquals(AuditTrail.MOST, jedis.llen(KEY));
    assertTrue(jedis.lindex(KEY, 0).length() < 1_000);
    AuditEntry kept = two.newest(OptionalLong.empty(), 1).getFirst().entry();
    assertEquals("a?b n? ?", kept.address() + " " + kept.node() + " " + kept.action());
  }

  @Test
  void what_no_node_wrote_is_passed_over() {
    one.record(entry("good"));
    awaitLength(1);
    jedis.rpush(KEY, "", "nonsense", "1\t2", "x\ty\ta\tb\tc\td\te", "\u00ff\t\t\t\t\t\t");
    assertEquals(1, two.newest(OptionalLong.empty(), 100).size());
    jedis.lpush(KEY, "junk");
    two.record(entry("after"));
    awaitLength(8);
    assertEquals("after", one.newest(OptionalLong.empty(), 1).getFirst().entry().subject());
  }

  @Test
  void an_entry_that_redis_does_not_take_stops_nothing_and_is_said_once() {
    jedis.set(KEY, "of another type");
    try (LogLines log = new LogLines(RedisAudit.class.getName())) {
      one.record(entry("lost"));
      Eventually.await(
          "it is said",
          () -> log.at(Level.WARNING, "they stand in the log alone why=").size() == 1);
      one.record(entry("lost, too"));
      assertThrows(StoreException.Refused.class, () -> one.newest(OptionalLong.empty(), 1));
      jedis.del(KEY);
      one.record(entry("kept"));
      Eventually.await(
          "the lost are counted", () -> log.at(Level.WARNING, "alone count=2").size() == 1);
      assertEquals(1, log.at(Level.WARNING, "why=").size(), log.all());
    }
  }
}
