package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseObserverTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = Long.MAX_VALUE - SECOND; // the monotonic clock may wrap
  private static final LeaseState VACANT = new LeaseState.Vacant();

  private final LeaseObserver watch = new LeaseObserver(Duration.ofSeconds(3));

  private static LeaseState.Held held(String nonceDigit, long renewals, boolean released) {
    return new LeaseState.Held(
        new FencingToken(7, nonceDigit.repeat(16)),
        "node1",
        "redis",
        Duration.ofSeconds(5),
        renewals,
        released,
        Instant.EPOCH);
  }

  private static long at(long seconds) {
    return START + seconds * SECOND;
  }

  private void passes(LeaseState expected, long secondsAfterStart) {
    assertEquals(Optional.of(expected), watch.passes(at(secondsAfterStart)));
  }

  private void waits(long nanosAfterStart) {
    assertEquals(Optional.empty(), watch.passes(START + nanosAfterStart));
  }

  @Test
  void nobody_stands_before_the_first_look() {
    waits(100 * SECOND);
    assertEquals(Long.MAX_VALUE, watch.waitNanos(START));
  }

  @Test
  void where_no_lease_was_ever_seen_one_stands_at_once() {
    watch.saw(VACANT, START);
    passes(VACANT, 0);
  }

  @Test
  void a_lease_that_vanished_is_waited_for_as_long_as_ones_own_trust() {
    watch.saw(held("a", 1, false), at(-1));
    watch.saw(VACANT, START);
    waits(3 * SECOND - 1);
    assertEquals(SECOND, watch.waitNanos(at(2)));
    passes(VACANT, 3);
  }

  @Test
  void a_released_lease_passes_at_once() {
    watch.saw(held("a", 1, false), at(-1));
    watch.saw(held("a", 1, true), START);
    passes(held("a", 1, true), 0);
  }

  @Test
  void a_lease_must_stand_still_for_its_holders_whole_trust_since_the_first_answer() {
    watch.saw(held("a", 1, false), START);
    watch.saw(held("a", 1, false), at(4));
    waits(5 * SECOND - 1);
    passes(held("a", 1, false), 5);
  }

  @Test
  void a_renewal_starts_the_wait_anew() {
    watch.saw(held("a", 1, false), START);
    watch.saw(held("a", 2, false), at(4));
    waits(9 * SECOND - 1);
    passes(held("a", 2, false), 9);
  }

  @Test
  void another_holder_at_the_same_renewal_starts_the_wait_anew() {
    watch.saw(held("a", 1, false), START);
    watch.saw(held("b", 1, false), at(4));
    waits(5 * SECOND);
    passes(held("b", 1, false), 9);
  }

  @Test
  void what_is_read_after_the_wait_is_watched_anew_and_never_shown_at_once() {
    watch.saw(held("a", 1, false), START);
    watch.saw(held("a", 2, false), at(5));
    waits(5 * SECOND);
  }

  @Test
  void who_has_led_itself_waits_for_a_lease_that_vanished() {
    watch.saw(VACANT, at(-10));
    watch.admitted();
    waits(10 * SECOND);
    watch.saw(VACANT, START);
    waits(3 * SECOND - 1);
    passes(VACANT, 3);
  }
}
