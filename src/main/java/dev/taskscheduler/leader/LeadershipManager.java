package dev.taskscheduler.leader;

import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Drives the [LeaderWork] of this node: observes the lease, asks for it while nominated, and
/// renews it while it leads.
public final class LeadershipManager implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LeadershipManager.class.getName());

  /// For the end of the work after its drain, the release, and a call that hangs.
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(15);

  /// Between the release and all that is closed after it: the next leader may run on this machine,
  /// and by Raft its election needs this node's answers.
  private static final Duration NEXT_FIRST = Duration.ofMillis(100);

  private final LeaderConfig config;
  private final LeaderElection election;
  private final LeadershipLoop loop;
  private final Thread thread;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// @param lease called by several threads at once: renewals must not wait behind observations
  /// @param election nominates; not started yet
  public LeadershipManager(
      LeaderConfig config,
      Lease lease,
      LeaderElection election,
      LeaderWork work,
      LeadershipListener listener) {
    this.config = config;
    this.election = election;
    this.loop = new LeadershipLoop(config, lease, election, work, listener);
    this.thread = VitalThreads.platform("leadership", loop::run);
  }

  /// Starts to observe the lease, and to ask for it when nominated.
  public void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("started already");
    }
    thread.start();
    election.start(
        new LeaderElection.Nominations() {
          @Override
          public void nominated() {
            loop.post(new Event.Nominated());
          }

          @Override
          public void withdrawn() {
            loop.post(new Event.Withdrawn());
          }

          @Override
          public void hint() {
            loop.post(new Event.Hint());
          }
        });
  }

  /// Who leads as this node sees it; empty while there is none.
  public Optional<Leader> leader() {
    return loop.observer().leader();
  }

  /// This node's own leadership, while it lasts.
  public Optional<Leadership> leadership() {
    return loop.observer().leadership();
  }

  /// Why nobody leads or this node may not, for people; empty when all is well.
  public Optional<String> problem() {
    return loop.health()
        .problem()
        .or(() -> loop.observer().problem())
        .or(() -> election.status().flatMap(ElectionStatus::problem));
  }

  /// What the elector knows of its group; empty where it has none.
  public Optional<ElectionStatus> election() {
    return election.status();
  }

  /// Whether this node has found its place among the electors since it started.
  public boolean joined() {
    return election.joined();
  }

  /// Gives leadership up, drained and in order; returns at once.
  ///
  /// @return false if this node does not lead
  public boolean resign() {
    boolean leads = leadership().isPresent();
    if (leads) {
      loop.post(new Event.Resign());
    }
    return leads;
  }

  /// Resigns if this node leads, and stops taking part; bounded by the drain time and a few
  /// seconds. Returns when the next leader has had a moment to begin.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (started.get()) {
      boolean led = leadership().isPresent();
      loop.post(new Event.Close());
      try {
        if (!thread.join(config.drain().plus(CLOSE_GRACE))) {
          LOG.log(System.Logger.Level.WARNING, "leadership did not end in time");
        }
        if (led) {
          TimeUnit.NANOSECONDS.sleep(NEXT_FIRST.toNanos());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the loop goes on and ends by itself
      }
    }
    election.close();
  }
}
