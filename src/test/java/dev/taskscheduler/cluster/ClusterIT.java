package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Three nodes in three processes over one Redis, with submissions going on through all three:
/// every accepted task ends once and none is lost, whatever becomes of the leader.
@Timeout(180)
class ClusterIT {
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new Cluster(Map.of("LEASE_TTL", "1s", "DRAIN_TIMEOUT", "2s", "WORKER_COUNT", "8"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void all_three_are_there() {
    cluster.repair();
    cluster.awaitLeader();
  }

  @Test
  void a_leader_that_is_killed_is_succeeded() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      leader.signal("KILL");
      cluster.awaitNewerEpoch(epoch);
    });
  }

  @Test
  void a_leader_that_is_paused_past_its_lease_is_succeeded_and_writes_nothing_when_it_wakes()
      throws Exception {
    cluster.underLoad((leader, epoch) -> {
      leader.signal("STOP");
      cluster.awaitNewerEpoch(epoch);
      leader.signal("CONT");
      leader.awaitReady();
    });
  }

  @Test
  void a_leader_that_is_told_to_stop_hands_over_and_ends_in_order() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      leader.signal("TERM");
      assertEquals(143, leader.awaitExit());
      cluster.awaitNewerEpoch(epoch);
    });
  }

  @Test
  void a_leader_that_resigns_hands_over_and_stays() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      assertEquals(202, leader.call("POST", "/leader/resign", "").statusCode());
      cluster.awaitNewerEpoch(epoch);
      assertTrue(
          !cluster.awaitLeader().id().equals(leader.id()), "it took leadership back at once");
    });
  }

  @Test
  void a_redis_that_is_killed_and_restarted_loses_nothing_that_was_accepted() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      cluster.redis.kill();
      CompletableFuture.runAsync(
              cluster.redis::restart,
              CompletableFuture.delayedExecutor(
                  Duration.ofMillis(1500).toMillis(), TimeUnit.MILLISECONDS))
          .join();
      cluster.awaitNewerEpoch(epoch);
    });
  }
}
