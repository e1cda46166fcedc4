package dev.taskscheduler.cluster.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.OnRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisNodesIT extends OnRedis {
  private static final String KEY = "{test}:nodes";

  private RedisNodes one;
  private RedisNodes two;

  @BeforeEach
  void connect() {
    one = new RedisNodes(redis, new Namespace("test"), "one", "1.0.0");
    two = new RedisNodes(redis, new Namespace("test"), "two", "1.0.1");
  }

  @AfterEach
  void disconnect() {
    one.close();
    two.close();
  }

  private long now() {
    return Long.parseLong(jedis.time().getFirst()) * 1_000;
  }

  private void seen(String node, Duration ago) {
    jedis.hset(KEY, node, now() - ago.toMillis() + "\thost:80\t0.9");
  }

  @Test
  void nodes_that_announce_themselves_know_of_each_other() {
    long before = now();
    one.start("10.0.0.1:8080");
    two.start("[::1]:8080");
    Eventually.await("one is known", () -> two.find("one").isPresent());
    ClusterNode found = two.find("one").orElseThrow();
    assertEquals(
        new ClusterNode("one", "10.0.0.1:8080", "1.0.0", found.seen()), found, "as announced");
    assertFalse(found.seen().isBefore(Instant.ofEpochMilli(before)), found.toString());
    assertEquals("[::1]:8080", two.find("two").orElseThrow().http());
    assertEquals(Set.of(KEY, "{test}:format"), jedis.keys("*"));
  }

  @Test
  void a_node_announces_itself_again_in_place_of_what_it_said_before() {
    one.announce("a:1");
    one.announce("b:2");
    assertEquals("b:2", one.find("one").orElseThrow().http());
    assertEquals(1, jedis.hlen(KEY));
  }

  @Test
  void an_address_in_any_letters_is_read_as_it_was_written() {
    one.announce("bücher.例え:8080");
    assertEquals("bücher.例え:8080", one.find("one").orElseThrow().http());
  }

  @Test
  void one_that_was_not_seen_for_long_is_forgotten_by_the_clock_of_redis() {
    seen("away", RedisNodes.FORGOTTEN_AFTER.minusSeconds(30));
    seen("gone", RedisNodes.FORGOTTEN_AFTER.plusSeconds(1));
    one.announce("a:1");
    assertTrue(one.find("away").isPresent());
    assertEquals(Optional.empty(), one.find("gone"));
    assertEquals(Set.of("one", "away"), jedis.hkeys(KEY));
  }

  @Test
  void what_cannot_be_read_is_removed_and_a_later_versions_entry_is_left() {
    jedis.hset(KEY, "damaged", "nonsense");
    String later = now() + "\ta:1\t2\tmore";
    jedis.hset(KEY, "later", later);
    one.announce("a:1");
    assertEquals(Optional.empty(), one.find("later"));
    assertEquals(later, jedis.hget(KEY, "later"));
    assertFalse(jedis.hexists(KEY, "damaged"));
  }

  @Test
  void what_no_node_wrote_is_removed_and_not_sent_to_nodes() {
    String huge = "x".repeat(1 << 20);
    jedis.hset(KEY, huge, now() + "\th:1\t1");
    jedis.hset(KEY, "long", now() + "\t" + huge + "\t1");
    jedis.hset(KEY, "to-come", "9".repeat(40) + "\th:1\t1");
    one.announce("a:1");
    assertEquals(Set.of("one"), jedis.hkeys(KEY));
    for (int i = 0; i < RedisNodes.MOST + 50; i++) {
      seen("n" + i, Duration.ofSeconds(1));
    }
    one.announce("a:1");
    assertEquals(RedisNodes.MOST, jedis.hlen(KEY));
  }

  @Test
  void one_more_than_there_may_be_is_not_recorded() {
    Map<String, String> most =
        IntStream.range(0, RedisNodes.MOST)
            .boxed()
            .collect(Collectors.toMap(i -> "n" + i, i -> now() + "\th:1\t1"));
    jedis.hset(KEY, most);
    one.announce("a:1");
    assertEquals(most, jedis.hgetAll(KEY));
    assertTrue(one.find("n7").isPresent(), "it reads the others");
    jedis.hdel(KEY, "n0");
    one.announce("a:1");
    assertTrue(one.find("one").isPresent());
  }

  @Test
  void while_redis_refuses_the_last_answer_stands() {
    one.announce("a:1");
    jedis.set(KEY, "something else");
    assertThrows(RedisException.class, () -> one.announce("b:2"));
    assertEquals("a:1", one.find("one").orElseThrow().http());
  }
}
