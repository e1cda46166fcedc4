package dev.taskscheduler.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Redis's clock against the time that passes here.
class ClockGuardTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private final ClockGuard guard = new ClockGuard(MINUTE, MINUTE);

  private Optional<Duration> look(long redisSeconds, long seconds) {
    return guard.look(START.plusSeconds(redisSeconds), Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void a_clock_that_runs_as_here_holds_nothing() {
    for (int i = 0; i < 200; i++) {
      assertEquals(Optional.empty(), look(i * 61, i * 60));
    }
  }

  @Test
  void a_jump_ahead_is_held_for_a_minute_and_then_believed() {
    look(0, 0);
    Optional<Duration> jump = Optional.of(Duration.ofSeconds(3600));
    assertEquals(jump, look(3601, 1));
    assertEquals(jump, look(3660, 60));
    assertEquals(Optional.empty(), look(3661, 61));
    assertEquals(Optional.empty(), look(3662, 62));
  }

  @Test
  void a_jump_that_is_taken_back_is_forgotten() {
    look(0, 0);
    assertEquals(Optional.of(Duration.ofSeconds(3600)), look(3601, 1));
    assertEquals(Optional.empty(), look(2, 2));
    assertEquals(Optional.empty(), look(3, 3));
  }

  @Test
  void time_that_passes_between_two_looks_is_no_jump() {
    look(0, 0);
    assertEquals(Optional.empty(), look(7200, 7200));
  }
}
