package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CandidateTest {
  private static final Duration TRUST = Duration.ofSeconds(2);
  private static final FencingToken TOKEN = new FencingToken(1000, "a".repeat(16));
  private static final LeaseState.Held HELD = held(TOKEN, 7);

  private final Candidate candidate =
      new Candidate(new LeaderConfig("b", TRUST, Duration.ZERO, true), "redis", 0);

  private static LeaseState.Held held(FencingToken token, long renewals) {
    return new LeaseState.Held(token, "a", "redis", TRUST, renewals, false, Instant.EPOCH);
  }

  @BeforeEach
  void watches() {
    candidate.nominated(true);
    candidate.saw(HELD, 0);
  }

  @Test
  void who_hears_of_a_release_stands_at_once_and_shows_nothing_that_passes_by_waiting() {
    assertEquals(Optional.empty(), candidate.passes(1));
    candidate.releaseAnnounced();
    assertEquals(Optional.of(HELD.afterRelease()), candidate.passes(1));
  }

  @Test
  void what_was_watched_for_long_enough_is_shown_as_it_stood() {
    candidate.releaseAnnounced();
    assertEquals(Optional.of(HELD), candidate.passes(TRUST.toNanos()));
  }

  @Test
  void the_next_answer_of_the_lease_counts_for_more_than_an_announced_release() {
    candidate.releaseAnnounced();
    candidate.saw(HELD, 2);
    assertEquals(Optional.empty(), candidate.passes(2));
    candidate.releaseAnnounced();
    candidate.failed(
        new LeaseException.Unavailable("lost", new IllegalStateException("by the test")), 2);
    assertEquals(Optional.empty(), candidate.passes(TRUST.toNanos() - 1));
  }

  @Test
  void who_is_not_nominated_or_lets_others_go_first_stands_on_no_word() {
    candidate.releaseAnnounced();
    candidate.nominated(false);
    assertEquals(Optional.empty(), candidate.passes(1));
    candidate.nominated(true);
    candidate.resigned(TOKEN, 1);
    assertEquals(Optional.empty(), candidate.passes(1));
  }

  @Test
  void where_no_lease_stands_a_word_of_a_release_hastens_nothing() {
    candidate.saw(new LeaseState.Vacant(), 1);
    candidate.releaseAnnounced();
    assertEquals(Optional.empty(), candidate.passes(1));
  }

  @Test
  void whose_leaderships_end_one_soon_after_the_other_holds_back_longer_each_time() {
    candidate.releaseAnnounced();
    candidate.lost(Duration.ofMillis(1), 1);
    assertEquals(Optional.of(HELD.afterRelease()), candidate.passes(1), "the first time");
    long longest = 0;
    for (int i = 2; i <= 20; i++) {
      candidate.lost(Duration.ofMillis(1), 1);
      long pause = candidate.heldBackNanos(1);
      assertTrue(pause >= Math.min(longest / 2, Duration.ofSeconds(5).toNanos()), "lost " + i);
      assertTrue(pause <= Duration.ofSeconds(10).toNanos(), "lost " + i);
      longest = Math.max(longest, pause);
    }
    assertTrue(longest >= Duration.ofSeconds(5).toNanos());
    long later = 1 + longest;
    candidate.lost(Candidate.STEADY, later);
    assertEquals(0, candidate.heldBackNanos(later), "after a steady one");
    candidate.lost(Duration.ofMillis(1), later);
    assertEquals(0, candidate.heldBackNanos(later), "the first after it");
  }
}
