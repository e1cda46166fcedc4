package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransferBackoffTest {
  private static final long TRUST = Duration.ofSeconds(2).toNanos();

  private final TransferBackoff patience = new TransferBackoff(Duration.ofSeconds(2), 0);

  @Test
  void a_nominee_whom_redis_does_not_answer_hands_on_after_one_trust() {
    patience.nominated(0);
    assertFalse(patience.ended(TRUST - 1));
    assertTrue(patience.ended(TRUST));
  }

  @Test
  void each_time_later_while_redis_is_away_for_all_but_never_later_than_a_minute() {
    patience.transferred(0);
    assertFalse(patience.ended(2 * TRUST - 1));
    assertTrue(patience.ended(2 * TRUST));
    for (int i = 0; i < 100; i++) {
      patience.transferred(0);
    }
    assertTrue(patience.ended(Duration.ofMinutes(1).toNanos()));
  }

  @Test
  void an_answer_makes_it_as_it_was() {
    patience.transferred(0);
    patience.answered(0);
    patience.nominated(5 * TRUST);
    assertTrue(patience.ended(6 * TRUST));
  }
}
