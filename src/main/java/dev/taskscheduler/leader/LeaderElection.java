package dev.taskscheduler.leader;

import java.util.Optional;

/// Nominates this node or not. The lease decides: an elector nominates, the lease admits. A port.
public interface LeaderElection extends AutoCloseable {
  /// `redis` or `raft`, as `/leader` shows it.
  String name();

  /// Starts to take part. `nominations` is called from the elector's own threads.
  void start(Nominations nominations);

  /// Gives the nomination to a peer where the elector has such a thing: at a planned stop, once the
  /// work has ended and while the lease is released. Returns at once.
  void transfer();

  /// Whether it nominates one node at a time: whoever else holds the lease for long is then of
  /// another cluster, or was nominated by another elector.
  default boolean nominatesOne() {
    return false;
  }

  /// What it knows of its group; empty where it has none. Answers at once, from any thread.
  default Optional<ElectionStatus> status() {
    return Optional.empty();
  }

  /// Whether this node has found its place among the electors since it started, so that another may
  /// be stopped. Stays true from then on: a group without a leader is no fault of this node's.
  default boolean joined() {
    return true;
  }

  /// Stops taking part; bounded to a few seconds.
  @Override
  void close();

  /// What an elector reports. Each call only puts an event on the queue of the one thread that owns
  /// leadership.
  interface Nominations {
    /// This node should lead, until [#withdrawn].
    void nominated();

    /// This node should not lead any more.
    void withdrawn();

    /// The lease may have changed (a release was announced): observe it now. A hint only; observing
    /// is what counts.
    void hint();
  }
}
