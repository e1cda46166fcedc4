package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrustTest {
  private static final long MS = 1_000_000L;
  private static final long START = Long.MAX_VALUE - 100 * MS; // the monotonic clock may wrap
  private static final long WALL = 1_790_000_000_000L;

  /// 3 s of trust less a margin of 300 ms.
  private final Trust trust = new Trust(Duration.ofSeconds(3), START, WALL);

  private long leftMs(long nanosMs, long wallMs) {
    return trust.leftNanos(START + nanosMs * MS, WALL + wallMs) / MS;
  }

  private boolean renew(long startMs, long answeredMs) {
    return trust.extend(
        START + startMs * MS, WALL + startMs, START + answeredMs * MS, WALL + answeredMs);
  }

  @Test
  void the_margin_is_a_tenth_and_never_less_than_50_ms() {
    assertEquals(Duration.ofMillis(300), Trust.margin(Duration.ofSeconds(3)));
    assertEquals(Duration.ofMillis(50), Trust.margin(Duration.ofMillis(200)));
  }

  @Test
  void trust_lasts_from_the_start_of_the_acquisition() {
    assertEquals(2700, leftMs(0, 0));
    assertEquals(1, leftMs(2699, 2699));
    assertEquals(0, leftMs(2700, 2700));
  }

  @Test
  void a_renewal_prolongs_trust_from_its_start_and_not_from_its_answer() {
    assertTrue(renew(1000, 2600));
    assertEquals(1100, leftMs(2600, 2600));
  }

  @Test
  void a_renewal_answered_after_trust_has_ended_revives_nothing() {
    assertFalse(renew(2600, 2700));
    assertEquals(0, leftMs(2700, 2700));
    assertFalse(renew(2710, 2720));
    assertEquals(0, leftMs(0, 0));
  }

  @Test
  void a_step_of_the_wall_clock_forward_ends_trust_for_good() {
    assertEquals(0, leftMs(100, 5000));
    assertEquals(0, leftMs(110, 110));
  }

  @Test
  void a_step_of_the_wall_clock_back_prolongs_nothing() {
    assertEquals(2600, leftMs(100, -60_000));
    assertEquals(0, leftMs(2700, -57_400));
  }

  @Test
  void a_machine_that_was_suspended_has_lost_its_trust_by_the_wall_clock() {
    assertEquals(0, leftMs(10, 2700));
  }

  @Test
  void trust_that_is_given_up_stays_so() {
    trust.end();
    assertEquals(0, leftMs(1, 1));
    assertFalse(renew(1, 2));
  }
}
