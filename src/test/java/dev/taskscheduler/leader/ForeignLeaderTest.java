package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ForeignLeaderTest {
  private static final Duration TRUST = Duration.ofSeconds(2);
  private static final long SECOND = 1_000_000_000L;

  private final ForeignLeader foreignLeader = new ForeignLeader(TRUST);

  private void saw(boolean nominated, LeaseState observed, long second) {
    foreignLeader.saw(nominated, observed, second * SECOND);
  }

  private static LeaseState.Held held(long renewals, boolean released) {
    return new LeaseState.Held(
        new FencingToken(7, "a".repeat(16)),
        "other1",
        "raft",
        TRUST,
        renewals,
        released,
        Instant.EPOCH);
  }

  @Test
  void a_holder_that_goes_on_while_this_node_is_the_nominee_is_named() {
    saw(true, held(1, false), 0);
    saw(true, held(2, false), 4);
    assertTrue(foreignLeader.problem().isEmpty(), "it may be about to end");
    saw(true, held(3, false), 5);
    assertTrue(
        foreignLeader.problem().orElseThrow().contains("other1 leads"),
        foreignLeader.problem().get());
    saw(true, held(3, true), 6);
    assertTrue(foreignLeader.problem().isEmpty(), "it is gone");
  }

  @Test
  void a_node_that_is_not_nominated_waits_for_nobody() {
    saw(false, held(1, false), 0);
    saw(false, held(2, false), 9);
    assertTrue(foreignLeader.problem().isEmpty());
  }
}
