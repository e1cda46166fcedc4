package dev.taskscheduler.leader;

import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers who leads, as this node has observed it. Written by the thread that owns leadership,
/// read by any.
final class LeaderObserver {
  private static final System.Logger LOG = System.getLogger(LeaderObserver.class.getName());

  /// @param held what stood
  /// @param firstRenewals the number of renewals when its token was first seen
  /// @param until when it will have stood still for longer than its trust, on the monotonic clock
  private record Seen(LeaseState.Held held, long firstRenewals, long until) {}

  private final String node;
  private final ForeignLeader foreignLeader;
  private volatile @Nullable HeldLeadership own;
  private volatile @Nullable Seen seen;
  private volatile boolean namesake;
  private @Nullable FencingToken ownToken;

  LeaderObserver(String node, Duration trust) {
    this.node = node;
    this.foreignLeader = new ForeignLeader(trust);
  }

  /// This node leads.
  void leads(HeldLeadership leadership) {
    ownToken = leadership.token();
    namesake = false;
    seen = null;
    foreignLeader.gone();
    own = leadership;
  }

  /// This node leads no more.
  ///
  /// @return false if that was known
  boolean ended(HeldLeadership leadership) {
    boolean was = own == leadership;
    own = null;
    return was;
  }

  /// Nobody acts under this token, whatever the lease shows.
  void endedToken(FencingToken token) {
    ownToken = token;
  }

  /// Takes note of an observation of a lease that another may hold.
  ///
  /// @return whether another was seen to take over
  boolean saw(LeaseState observed, long answeredAt) {
    Seen before = seen;
    if (!(observed instanceof LeaseState.Held held)
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
    // It was renewed since, so it is no leftover; a refused acquisition counts one renewal after a
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
    HeldLeadership leadership = own;
    if (leadership != null && leadership.trusted()) {
      return Optional.of(
          new Leader(node, leadership.token().epoch(), leadership.elector(), leadership.since()));
    }
    Seen now = seen;
    if (now == null || System.nanoTime() - now.until >= 0) {
      return Optional.empty();
    }
    LeaseState.Held held = now.held;
    return Optional.of(new Leader(held.node(), held.token().epoch(), held.elector(), held.since()));
  }

  Optional<Leadership> leadership() {
    HeldLeadership leadership = own;
    return leadership != null && leadership.trusted() ? Optional.of(leadership) : Optional.empty();
  }

  Optional<String> problem() {
    return namesake
        ? Optional.of(
            "a second node with NODE_ID " + node + " leads: give each node a NODE_ID of its own")
        : foreignLeader.problem();
  }

  ForeignLeader foreignLeader() {
    return foreignLeader;
  }
}
