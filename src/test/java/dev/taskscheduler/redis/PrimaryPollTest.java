package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.PrimaryQuestion.View;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisConnectionException;

/// Whom to believe when servers name different primaries.
@Timeout(20)
class PrimaryPollTest {
  private static final RedisAddress A = new RedisAddress("10.0.0.1", 6379);
  private static final RedisAddress B = new RedisAddress("10.0.0.2", 6379);
  private static final List<RedisAddress> SENTINELS =
      List.of(
          new RedisAddress("10.0.1.1", 26379),
          new RedisAddress("10.0.1.2", 26379),
          new RedisAddress("10.0.1.3", 26379));

  private final Map<RedisAddress, View> views = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();

  private final PrimaryQuestion question =
      new PrimaryQuestion() {
        @Override
        public View ask(Connection connection, RedisAddress server) {
          asked.incrementAndGet();
          View view = views.get(server);
          if (view == null) {
            throw new JedisConnectionException("is away");
          }
          return view;
        }

        @Override
        public String what() {
          return "nobody knows";
        }
      };

  private final PrimaryPoll poll =
      new PrimaryPoll(
          RedisConfig.parse("redis-sentinel://10.0.1.1/mine"),
          question,
          SENTINELS,
          address -> new Connection(),
          Duration.ofSeconds(1),
          true);

  private void say(int from, int to, RedisAddress primary, long epoch) {
    SENTINELS.subList(from, to).forEach(one -> views.put(one, new View(primary, epoch, List.of())));
  }

  private RedisAddress askAnew() {
    poll.forget();
    return poll.primary();
  }

  @Test
  void the_newest_configuration_counts_though_most_have_an_older_one() {
    say(0, 2, A, 1);
    say(2, 3, B, 2);
    assertEquals(B, poll.primary());
  }

  @Test
  void one_that_answers_alone_is_not_believed_if_it_is_behind() {
    say(0, 3, B, 2);
    assertEquals(B, poll.primary());
    views.clear();
    say(2, 3, A, 1);
    assertEquals(B, askAnew());
    say(2, 3, A, 3);
    assertEquals(A, askAnew());
  }

  @Test
  void most_are_believed_though_they_are_behind_since_they_may_have_been_set_up_again() {
    say(0, 3, B, 2);
    assertEquals(B, poll.primary());
    say(0, 3, A, 0);
    assertEquals(A, askAnew());
  }

  @Test
  void a_move_is_noticed_though_a_new_connection_was_already_made_to_the_new_primary() {
    say(0, 3, A, 1);
    assertFalse(poll.moved(), "there is no connection yet");
    assertEquals(A, poll.primary());
    assertFalse(poll.moved());
    say(0, 3, B, 2);
    assertTrue(poll.moved());
    assertEquals(B, poll.primary());
    assertTrue(poll.moved(), "the first connection leads to the former one");
    assertEquals(B, askAnew());
    assertFalse(poll.moved());
  }

  @Test
  void callers_at_the_same_time_share_the_questions() {
    say(0, 3, A, 1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        threads.submit(poll::primary);
      }
    }
    assertTrue(asked.get() <= 2 * SENTINELS.size(), () -> "asked " + asked);
  }

  @Test
  void servers_that_were_learned_are_asked_if_none_that_is_named_answers() {
    RedisAddress learned = new RedisAddress("10.0.2.1", 6379);
    SENTINELS.forEach(one -> views.put(one, new View(A, 1, List.of(learned))));
    assertEquals(A, poll.primary());
    views.clear();
    assertThrows(JedisConnectionException.class, this::askAnew);
    views.put(learned, new View(B, 2, List.of(learned)));
    assertEquals(B, askAnew());
  }

  @Test
  void an_error_names_each_server_and_what_it_said() {
    var e = assertThrows(JedisConnectionException.class, poll::primary);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("nobody knows: "), message);
    SENTINELS.forEach(one -> assertTrue(message.contains(one + " is away"), message));
  }
}
