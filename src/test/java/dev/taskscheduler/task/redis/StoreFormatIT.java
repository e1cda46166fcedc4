package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.StoreFormat;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a node does that meets data of another format: nothing, and it says what to do.
class StoreFormatIT extends OnOneRedis {
  @BeforeEach
  void empty() {
    store.jedis.flushAll();
  }

  private LeaseException.Unfit refusedLease() {
    RedisLease lease = new RedisLease(store.redis, store.namespace);
    LeaseRequest request =
        new LeaseRequest("node1", "redis", "0123456789abcdef", Duration.ofSeconds(5));
    return assertThrows(
        LeaseException.Unfit.class, () -> lease.acquire(request, new LeaseState.Vacant()));
  }

  @Test
  void an_empty_namespace_is_marked_with_our_format() {
    store.submit("a", Priority.HIGH);
    assertEquals(String.valueOf(StoreFormat.NUMBER), store.jedis.get(NS + "format"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "3", "junk"})
  void data_of_another_format_are_left_alone(String format) {
    store.jedis.set(NS + "format", format);
    assertRefused("format " + format + ",");
  }

  @Test
  void data_without_a_number_are_of_the_first_format() {
    store.jedis.lpush(NS + "ready:high", "an id");
    assertRefused("format 1,");
  }

  private void assertRefused(String part) {
    Map<String, String> before = server.snapshot();
    String format = store.jedis.get(NS + "format");
    StoreException.Refused refused =
        assertThrows(StoreException.Refused.class, () -> store.submit("a", Priority.HIGH));
    for (String message : new String[] {refused.getMessage(), refusedLease().getMessage()}) {
      assertTrue(message.contains(part) && message.contains("delete the keys"), message);
    }
    assertThrows(StoreException.Refused.class, () -> store.commands.cancel("a"));
    assertEquals(before, server.snapshot());
    assertEquals(format, store.jedis.get(NS + "format"));
    Eventually.await(
        "health says so",
        () -> store.health().problem().filter(problem -> problem.contains(part)).isPresent());
    assertFalse(store.jedis.exists(NS + "leader"));
  }
}
