package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Names of outsiders, of which many are answered by nobody, leave room for all others.
@Timeout(30)
class NameLookupTest {
  private static final List<InetAddress> HERE = List.of(InetAddress.ofLiteral("127.0.0.1"));
  private static final long MILLIS = 10_000;

  private final CountDownLatch answers = new CountDownLatch(1);
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lookups = new AtomicInteger();
  private final NameLookup lookup = new NameLookup(this::resolve);

  private List<InetAddress> resolve(String host) throws UnknownHostException {
    asked.add(host);
    lookups.incrementAndGet();
    if (host.startsWith("dead")) {
      try {
        answers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new UnknownHostException(host);
    }
    return HERE;
  }

  @AfterEach
  void close() {
    answers.countDown();
    lookup.close();
  }

  private void askInBackground(String host) {
    askInBackground(host, new CountDownLatch(1));
  }

  private void askInBackground(String host, CountDownLatch found) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            lookup.addresses(host, MILLIS);
            found.countDown();
          } catch (Exception e) { // it is the asking that counts
            Thread.currentThread().interrupt();
          }
        });
  }

  private void fill() {
    for (int i = 0; i < NameLookup.MAX_THREADS; i++) {
      askInBackground("dead.number" + i + ".test");
    }
    Eventually.await("every thread is taken", () -> asked.size() >= NameLookup.MAX_THREADS);
  }

  @Test
  void a_domain_whose_names_nobody_answers_takes_no_more_than_its_share() throws Exception {
    for (int i = 0; i < 600; i++) {
      askInBackground("dead" + i + ".bad.test");
    }
    Eventually.await("its share is taken", () -> asked.size() >= NameLookup.MAX_PER_DOMAIN);
    for (int i = 0; i < 100; i++) {
      assertEquals(HERE, lookup.addresses("good" + i + ".test", MILLIS));
    }
    assertEquals(
        NameLookup.MAX_PER_DOMAIN, asked.stream().filter(h -> h.endsWith(".bad.test")).count());
  }

  @Test
  void a_name_known_from_a_moment_ago_needs_no_free_thread() throws Exception {
    assertEquals(HERE, lookup.addresses("good.test", MILLIS));
    asked.clear();
    fill();
    assertEquals(HERE, lookup.addresses("good.test", MILLIS));
    assertThrows(TimeoutException.class, () -> lookup.addresses("new.test", 50));
    assertFalse(asked.contains("good.test"));
  }

  @Test
  void a_known_name_is_looked_up_again_where_a_thread_is_free() throws Exception {
    lookup.addresses("good.test", MILLIS);
    lookup.addresses("good.test", MILLIS);
    assertEquals(2, lookups.get());
  }

  @Test
  void a_lookup_that_nobody_waits_for_any_more_is_dropped() throws Exception {
    fill();
    for (int i = 0; i < 20; i++) {
      String host = "late" + i + ".test";
      assertThrows(TimeoutException.class, () -> lookup.addresses(host, 5));
    }
    answers.countDown();
    assertEquals(HERE, lookup.addresses("new.test", MILLIS));
    assertTrue(asked.stream().noneMatch(host -> host.startsWith("late")), asked.toString());
  }

  @Test
  void those_who_wait_get_their_turn_when_a_thread_is_free_again() throws Exception {
    fill();
    CountDownLatch found = new CountDownLatch(1);
    askInBackground("new.test", found);
    answers.countDown();
    assertTrue(found.await(10, TimeUnit.SECONDS));
  }

  @Test
  void those_who_ask_for_one_name_at_one_time_share_one_lookup() {
    for (int i = 0; i < 50; i++) {
      askInBackground("dead.test");
    }
    Eventually.await("it is asked", () -> asked.contains("dead.test"));
    assertEquals(1, lookups.get());
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, localhost",
    "example.com, example.com",
    "a.b.example.com, example.com",
    "a.example.co.uk, example.co.uk",
    "example.co.uk, example.co.uk",
    "co.uk, co.uk",
    "a.b.example.de, example.de",
    "redis.default.svc.cluster.local, cluster.local"
  })
  void a_names_domain_is_what_somebody_registered(String host, String domain) {
    assertEquals(domain, NameLookup.domain(host));
  }
}
