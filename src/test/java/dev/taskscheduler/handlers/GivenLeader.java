package dev.taskscheduler.handlers;

import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.Leader;
import java.time.Instant;
import java.util.Optional;

/// Leadership as a test gives it.
final class GivenLeader implements LeaderView {
  volatile Optional<Leader> leader = Optional.empty();
  volatile Optional<String> problem = Optional.empty();
  volatile Optional<ElectionStatus> election = Optional.empty();
  volatile boolean leads;

  void ledBy(String node, boolean here) {
    leader =
        Optional.of(
            new Leader(node, 1_795_424_100_000L, "raft", Instant.parse("2026-11-23T08:55:00Z")));
    leads = here;
  }

  @Override
  public Optional<Leader> leader() {
    return leader;
  }

  @Override
  public boolean leads() {
    return leads;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public Optional<ElectionStatus> election() {
    return election;
  }

  @Override
  public boolean resign() {
    return leads;
  }
}
