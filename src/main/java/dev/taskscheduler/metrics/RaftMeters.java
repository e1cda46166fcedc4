package dev.taskscheduler.metrics;

import dev.taskscheduler.leader.ElectionStatus;
import io.helidon.metrics.api.Counter;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// The meters of a node that is in a Raft group.
final class RaftMeters {
  private final Counter elections;
  private final Counter handOvers;
  private final Counter handOversFailed;

  /// @param status answers at once
  RaftMeters(MeterRegistryWriter registry, Supplier<Optional<ElectionStatus>> status) {
    elections =
        registry.counter("scheduler_raft_elections", "Raft leaders that this node saw elected");
    handOvers = handOvers(registry, "done");
    handOversFailed = handOvers(registry, "failed");
    gauge(
        registry,
        "scheduler_raft_term",
        "The newest Raft term that this node has heard of",
        status,
        ElectionStatus::term);
    gauge(
        registry,
        "scheduler_raft_peers",
        "Members of the Raft group, this node among them",
        status,
        now -> now.peers().size());
    gauge(
        registry,
        "scheduler_raft_peers_reachable",
        "Members of the Raft group that this node reaches, itself among them",
        status,
        now -> now.peers().stream().filter(ElectionStatus.Peer::reachable).count());
  }

  private static Counter handOvers(MeterRegistryWriter registry, String outcome) {
    return registry.counter(
        "scheduler_raft_hand_overs",
        "Tries of this node to hand Raft leadership to a peer",
        "outcome",
        outcome);
  }

  private static void gauge(
      MeterRegistryWriter registry,
      String name,
      String description,
      Supplier<Optional<ElectionStatus>> status,
      ToLongFunction<ElectionStatus> value) {
    registry.gauge(name, description, () -> status.get().map(value::applyAsLong).orElse(0L));
  }

  void elected() {
    elections.increment();
  }

  void transferred(boolean done) {
    (done ? handOvers : handOversFailed).increment();
  }
}
