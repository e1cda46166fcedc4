package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransferBackoffTest {
  private static final long TRUST = Duration.ofSeconds(2).toNanos();

  private final TransferBackoff backoff = new TransferBackoff(Duration.ofSeconds(2), 0);

  @Test
  void a_nominated_node_without_an_answer_of_redis_transfers_after_one_trust() {
    backoff.nominated(0);
    assertFalse(backoff.ended(TRUST - 1));
    assertTrue(backoff.ended(TRUST));
  }

  @Test
  void each_time_later_while_redis_is_away_for_all_but_never_later_than_a_minute() {
    backoff.transferred(0);
    assertFalse(backoff.ended(2 * TRUST - 1));
    assertTrue(backoff.ended(2 * TRUST));
    for (int i = 0; i < 100; i++) {
      backoff.transferred(0);
    }
    assertTrue(backoff.ended(Duration.ofMinutes(1).toNanos()));
  }

  @Test
  void an_answer_makes_it_as_it_was() {
    backoff.transferred(0);
    backoff.answered(0);
    backoff.nominated(5 * TRUST);
    assertTrue(backoff.ended(6 * TRUST));
  }
}
