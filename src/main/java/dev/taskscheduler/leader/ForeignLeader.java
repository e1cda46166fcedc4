package dev.taskscheduler.leader;

import dev.taskscheduler.lease.LeaseState;
import java.time.Duration;
import java.util.Optional;

/// Notices a holder of the lease that this node's elector did not nominate: a second cluster on the
/// same Redis, or a node with another elector. This node waits then, and says for whom. Written by
/// one thread, read by any.
final class ForeignLeader {
  private static final System.Logger LOG = System.getLogger(ForeignLeader.class.getName());

  /// A holder that has died is out after one.
  private static final int TRUSTS = 2;

  private final Duration trust;
  private String holder = "";
  private long since;
  private volatile Optional<String> problem = Optional.empty();

  ForeignLeader(Duration trust) {
    this.trust = trust;
  }

  /// Takes note of an observation.
  ///
  /// @param nominatedAlone whether this node, and no other of its group, should lead
  void saw(boolean nominatedAlone, LeaseState observed, long answeredAt) {
    if (!nominatedAlone || !(observed instanceof LeaseState.Held held) || held.released()) {
      gone();
      return;
    }
    String now = held.node() + " elector=" + held.elector() + " epoch=" + held.token().epoch();
    if (!now.equals(holder)) {
      holder = now;
      since = answeredAt;
    }
    if (problem.isEmpty() && answeredAt - since > TRUSTS * longer(held.trust())) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "leadership waits, another cluster or elector leads in this namespace node=" + now);
      problem =
          Optional.of(
              ("this node is nominated and waits, since %s leads in this namespace by "
                      + "elector %s: another cluster, or a node with another CONSENSUS_TYPE")
                  .formatted(held.node(), held.elector()));
    }
  }

  /// Nobody is in the way.
  void gone() {
    holder = "";
    problem = Optional.empty();
  }

  private long longer(Duration theirs) {
    return Math.max(trust.toNanos(), theirs.toNanos());
  }

  Optional<String> problem() {
    return problem;
  }
}
