package dev.taskscheduler.leader;

/// The elector of a node that is never to lead: it nominates nobody, and the node only watches.
///
/// @param name of the elector that the other nodes have
public record NoElection(String name) implements LeaderElection {
  @Override
  public void start(Nominations nominations) {}

  @Override
  public void transfer() {}

  @Override
  public void close() {}
}
