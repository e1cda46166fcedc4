package dev.taskscheduler.leader.raft;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.LeaderElection;
import dev.taskscheduler.process.VitalThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Nominates the leader of a Raft group among the nodes, for as long as Ratis says that it leads.
///
/// One thread owns all that is decided here. Ratis's callbacks wake it, and it looks several times
/// per election timeout anyway: what it tells follows from how the member stands, not from the
/// order in which several threads reported. Ratis's word comes up to a second late, which does no
/// harm: the fence admits one leader, whoever is nominated.
public final class RatisElection implements LeaderElection {
  private static final System.Logger LOG = System.getLogger(RatisElection.class.getName());
  private static final Duration REOPEN_PAUSE = Duration.ofSeconds(5);

  private final RaftConfig config;
  private final RaftListener listener;
  private final Group group;
  private final Transfers transfers;
  private final ScheduledExecutorService owner =
      Executors.newSingleThreadScheduledExecutor(
          call -> VitalThreads.platform("raft-election", call));

  private volatile @Nullable RaftDirectory directory;
  private volatile @Nullable RaftMember member;
  private volatile boolean closing;

  // Only the owner's.
  private @Nullable Nominations nominations;
  private boolean nominated;
  private long reopenAt;

  /// @param self what this node tells all others of itself; asked once it leads
  public RatisElection(RaftConfig config, Supplier<NodeEntry> self, RaftListener listener) {
    this.config = config;
    this.listener = listener;
    this.group = new Group(config, self, () -> Optional.ofNullable(member));
    this.transfers = new Transfers(owner, listener, group.answersWithin());
  }

  @Override
  public String name() {
    return "raft";
  }

  @Override
  public boolean nominatesOne() {
    return true;
  }

  /// Starts the member, and returns when it takes part.
  ///
  /// @throws IllegalStateException saying what to do, if its address or its directory cannot be
  ///   used
  @Override
  public void start(Nominations nominations) {
    SerialFilter.install();
    Opening opening = new Opening(config, this::happened);
    opening.checkAddress();
    RaftDirectory opened = RaftDirectory.open(config);
    directory = opened;
    try {
      member = opening.open(opened);
    } catch (IOException e) {
      throw new IllegalStateException("The Raft member cannot start: " + e.getMessage(), e);
    }
    group.start();
    owner.execute(() -> this.nominations = nominations);
    long look = Math.max(10, config.electionMin().toMillis() / 5);
    owner.scheduleWithFixedDelay(guarded(this::look), 0, look, TimeUnit.MILLISECONDS);
  }

  private void happened(RaftEvent event) {
    try {
      owner.execute(guarded(() -> handle(event)));
    } catch (RejectedExecutionException e) {
      LOG.log(DEBUG, "raft event after the end", e);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // the owner must live: without it nobody withdraws
  private static Runnable guarded(Runnable part) {
    return () -> {
      try {
        part.run();
      } catch (RuntimeException e) {
        LOG.log(ERROR, "raft step failed", e);
      }
    };
  }

  private void handle(RaftEvent event) {
    switch (event) {
      case RaftEvent.LeaderChanged(String leader) -> {
        if (group.elected(leader)) {
          listener.elected();
        }
      }
      case RaftEvent.NotLeader() -> withdraw("not the raft leader");
      case RaftEvent.ServerDown() -> withdraw("raft server down");
      case RaftEvent.Ready() -> {}
    }
    look();
  }

  private void look() {
    RaftMember now = member;
    if (now == null || closing) {
      return;
    }
    if (!now.running()) {
      withdraw("raft server down");
      reopen(now);
      return;
    }
    if (now.ready()) {
      nominate(now);
    } else {
      withdraw("not the raft leader");
    }
    group.look(now);
  }

  private void nominate(RaftMember now) {
    Nominations told = nominations;
    if (!nominated && told != null) {
      nominated = true;
      LOG.log(INFO, () -> "raft nominates this node term=" + now.term());
      told.nominated();
    }
  }

  private void withdraw(String why) {
    Nominations told = nominations;
    if (nominated && told != null) {
      nominated = false;
      LOG.log(INFO, () -> "raft nomination ends why=" + why);
      told.withdrawn();
    }
  }

  /// A server that has closed itself (its disk was full, say) is opened again.
  private void reopen(RaftMember dead) {
    long now = System.nanoTime();
    RaftDirectory opened = directory;
    if (opened == null || (reopenAt != 0 && now - reopenAt < 0)) {
      return;
    }
    reopenAt = now + REOPEN_PAUSE.toNanos();
    LOG.log(ERROR, "raft server has closed itself, is opened again");
    try {
      dead.close();
      member = new Opening(config, this::happened).open(opened);
    } catch (IOException e) {
      LOG.log(ERROR, "raft server not opened again, is tried later", e);
    }
  }

  @Override
  public void handOver() {
    try {
      owner.execute(
          guarded(() -> {
            RaftMember now = member;
            if (now != null) {
              transfers.handOver(now);
            }
          }));
    } catch (RejectedExecutionException e) {
      LOG.log(DEBUG, "raft hand-over after the end", e);
    }
  }

  @Override
  public Optional<ElectionStatus> status() {
    return Optional.of(group.status());
  }

  /// Waits for a hand-over that is under way, then leaves.
  @Override
  public void close() {
    closing = true;
    try {
      // First what was asked for before, then what it began.
      CompletableFuture.supplyAsync(transfers::pending, owner)
          .thenCompose(pending -> pending)
          .get(Transfers.LIMIT.multipliedBy(Transfers.TRIES).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      LOG.log(WARNING, "raft hand-over has not ended", e);
    }
    owner.shutdownNow();
    group.close();
    try {
      RaftMember now = member;
      if (now != null) {
        now.close();
      }
    } catch (IOException e) {
      LOG.log(WARNING, "raft member did not close cleanly", e);
    }
    RaftDirectory opened = directory;
    if (opened != null) {
      opened.close();
    }
  }
}
