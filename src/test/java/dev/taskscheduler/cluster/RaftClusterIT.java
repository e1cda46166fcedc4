package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same as [ClusterIT] where Raft nominates, and the change from one elector to the other while
/// tasks go on.
@Timeout(120)
class RaftClusterIT {
  private static final Map<String, String> REDIS = Map.of("CONSENSUS_TYPE", "redis");
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster =
        new Cluster(
            Map.of(
                "CONSENSUS_TYPE",
                "raft",
                "LEASE_TTL",
                "1s",
                "DRAIN_TIMEOUT",
                "2s",
                "WORKER_COUNT",
                "8"));
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
  void a_leader_that_is_killed_is_succeeded_and_its_peers_tell_so_in_a_few_lines()
      throws Exception {
    cluster.underLoad((leader, epoch) -> {
      NodeProcess other = cluster.otherThan(leader);
      long before = other.output().lines().count();
      leader.signal("KILL");
      cluster.awaitNewerEpoch(epoch);
      String http = "\"http\":\"127.0.0.1:" + other.port() + "\"";
      Eventually.await("its peers are announced", () -> leaderBody().contains(http));
      String leads = leaderBody();
      assertTrue(leads.contains("\"elector\":\"raft\""), leads);
      assertTrue(leads.contains("\"term\":"), leads);
      assertTrue(leads.contains("\"id\":\"" + leader.id() + "\""), leads);
      assertTrue(other.output().lines().count() - before < 40, other.output());
    });
  }

  private String leaderBody() {
    try {
      return cluster.awaitLeader().call("GET", "/leader", "").body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// For less than its lease, for longer, and for longer than its peers know it for.
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void a_leader_that_is_paused_writes_nothing_under_an_old_token_when_it_wakes(int seconds)
      throws Exception {
    cluster.underLoad((leader, epoch) -> {
      leader.signal("STOP");
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
      if (seconds > 1) {
        cluster.awaitNewerEpoch(epoch);
      }
      leader.signal("CONT");
      leader.awaitReady();
      cluster.awaitLeader();
    });
  }

  @Test
  void a_redis_that_is_away_for_all_is_led_on_when_it_is_back_and_the_log_stays_readable()
      throws Exception {
    cluster.underLoad((leader, epoch) -> {
      cluster.redis.kill();
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
      cluster.redis.restart();
      cluster.awaitNewerEpoch(epoch);
      assertTrue(leader.output().lines().count() < 200, leader.output());
    });
  }

  @Test
  void a_leader_that_is_told_to_stop_hands_over_and_ends_in_order() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      leader.signal("TERM");
      assertEquals(143, leader.awaitExit());
      cluster.awaitNewerEpoch(epoch);
      assertTrue(leader.output().contains("raft leadership transferred"), leader.output());
    });
  }

  /// The stopped one is as far as the other, and its port still takes connections.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_leader_that_resigns_while_a_follower_is_stopped_is_succeeded_soon(int stopped)
      throws Exception {
    cluster.underLoad((leader, epoch) -> {
      if (cluster.node(stopped) != leader) {
        cluster.node(stopped).signal("STOP");
      }
      long start = System.nanoTime();
      leader.call("POST", "/leader/resign", "");
      cluster.awaitNewerEpoch(epoch);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      cluster.node(stopped).signal("CONT");
      cluster.node(stopped).awaitReady();
      assertTrue(took < 10_000, "succeeded after " + took + " ms: " + leader.output());
    });
  }

  @Test
  void a_leader_that_resigns_hands_over_and_stays() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      assertEquals(202, leader.call("POST", "/leader/resign", "").statusCode());
      cluster.awaitNewerEpoch(epoch);
      assertTrue(!cluster.awaitLeader().id().equals(leader.id()), "it took leadership back");
    });
  }

  /// Its peers are stopped for longer than it leads without their answers; it has its lease and
  /// Redis all the while.
  @Test
  void a_leader_that_loses_sight_of_its_peers_puts_back_uncharged_what_it_runs() throws Exception {
    NodeProcess leader = cluster.awaitLeader();
    int before = leader.output().length();
    String task =
        NodeProcess.id(
            leader.call(
                "POST",
                "/submit",
                "{\"type\":\"sleep\",\"payload\":{\"ms\":8000},\"maxAttempts\":1}"));
    leader.awaitState(task, "running");
    for (int i = 0; i < 3; i++) {
      if (cluster.node(i) != leader) {
        cluster.node(i).signal("STOP");
      }
    }
    try {
      leader.awaitState(task, "ready");
    } finally {
      for (int i = 0; i < 3; i++) {
        if (cluster.node(i) != leader) {
          cluster.node(i).signal("CONT");
        }
      }
    }
    String done = cluster.awaitLeader().awaitState(task, "completed");
    String output = leader.output().substring(before);
    assertTrue(output.contains("tasks interrupted and requeued count=1"), output);
    assertTrue(!output.contains("tasks of a lost leader"), done + output);
  }

  @Test
  void electors_change_node_by_node_and_back_while_tasks_go_on() throws Exception {
    cluster.underLoad((leader, epoch) -> {
      for (Map<String, String> elector : new Map[] {REDIS, Map.of()}) {
        for (int i = 0; i < 3; i++) {
          cluster.tell(i, elector);
          cluster.node(i).signal("TERM");
          assertEquals(143, cluster.node(i).awaitExit());
          cluster.repair();
        }
        String leads = cluster.awaitLeader().call("GET", "/leader", "").body();
        String name = elector.isEmpty() ? "raft" : "redis";
        assertTrue(leads.contains("\"elector\":\"" + name + "\""), leads);
      }
    });
  }
}
