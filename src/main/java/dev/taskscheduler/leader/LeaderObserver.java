package dev.taskscheduler.leader;

import dev.taskscheduler.lease.FencingToken;
import dev.taskscheduler.lease.LeaseState;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers who leads, as this node has observed it. Written by the thread that owns leadership,
/// read by any.
final class LeaderObserver {
  private static final System.Logger LOG = System.getLogger(LeaderObserver.class.getName());

  /// @param held what stood
  /// @param firstRenewals the beat at which its token was first seen
  /// @param until when it will have stood still for longer than its trust, on the monotonic clock
  private record Seen(LeaseState.Held held, long firstRenewals, long until) {}

  private final String node;
  private final ForeignLeader rival;
  private volatile @Nullable HeldLeadership own;
  private volatile @Nullable Seen seen;
  private volatile boolean namesake;
  private @Nullable FencingToken ownToken;

  LeaderObserver(String node, Duration trust) {
    this.node = node;
    this.rival = new ForeignLeader(trust);
  }

  /// This node leads.
  void leads(HeldLeadership term) {
    ownToken = term.token();
    namesake = false;
    seen = null;
    rival.gone();
    own = term;
  }

  /// This node leads no more.
  ///
  /// @return false if that was known
  boolean ended(HeldLeadership term) {
    boolean was = own == term;
    own = null;
    return was;
  }

  /// Nobody acts under this token, whatever the lease shows.
  void endedToken(FencingToken token) {
    ownToken = token;
  }

  /// Takes note of a look at a lease that another may hold.
  ///
  /// @return whether another was seen to take over
  boolean saw(LeaseState sighting, long answeredAt) {
    Seen before = seen;
    if (!(sighting instanceof LeaseState.Held held)
        || held.released()
        || held.token().equals(ownToken)) {
      seen = null;
      namesake = false;
      return false;
    }
    if (before != null && before.held.sameRenewal(held)) {
      return false;
    }
    boolean same = before != null && before.held.token().equals(held.token());
    long firstRenewals = before != null && same ? before.firstRenewals : held.renewals();
    seen = new Seen(held, firstRenewals, answeredAt + held.trust().toNanos());
    // It has beaten since, so it is no leftover; one beat is what a take-over counts up after a
    // restart of Redis.
    boolean alive = held.node().equals(node) && held.renewals() - firstRenewals > 1;
    if (alive && !namesake) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "a second node with the same NODE_ID leads: give each its own node=" + node);
    }
    namesake = alive;
    return !same;
  }

  Optional<Leader> leader() {
    HeldLeadership term = own;
    if (term != null && term.trusted()) {
      return Optional.of(new Leader(node, term.token().epoch(), term.elector(), term.since()));
    }
    Seen now = seen;
    if (now == null || System.nanoTime() - now.until >= 0) {
      return Optional.empty();
    }
    LeaseState.Held held = now.held;
    return Optional.of(new Leader(held.node(), held.token().epoch(), held.elector(), held.since()));
  }

  Optional<Leadership> leadership() {
    HeldLeadership term = own;
    return term != null && term.trusted() ? Optional.of(term) : Optional.empty();
  }

  Optional<String> problem() {
    return namesake
        ? Optional.of(
            "a second node with NODE_ID " + node + " leads: give each node a NODE_ID of its own")
        : rival.problem();
  }

  ForeignLeader rival() {
    return rival;
  }
}
