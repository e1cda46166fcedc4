package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaderObserverTest {
  private static final Duration TRUST = Duration.ofSeconds(2);
  private final LeaderObserver view = new LeaderObserver("node1", TRUST);

  private void saw(String node, long renewals) {
    view.saw(
        new LeaseState.Held(
            new FencingToken(7, "0123456789abcdef"),
            node,
            "redis",
            TRUST,
            renewals,
            false,
            Instant.EPOCH),
        0);
  }

  @Test
  void
      what_this_node_left_behind_is_no_namesake_though_a_restarted_redis_counts_one_renewal_more() {
    saw("node1", 18);
    saw("node1", 18);
    saw("node1", 19);
    saw("node1", 19);
    assertEquals(Optional.empty(), view.problem());
  }

  @Test
  void what_goes_on_beating_under_this_nodes_name_is_a_namesake() {
    saw("node1", 18);
    saw("node1", 19);
    saw("node1", 20);
    assertTrue(view.problem().orElseThrow().contains("NODE_ID node1"));
  }

  @Test
  void another_node_is_no_namesake() {
    saw("node2", 1);
    saw("node2", 5);
    assertEquals(Optional.empty(), view.problem());
  }
}
