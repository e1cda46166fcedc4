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
import org.jspecify.annotations.Nullable;

/// Nominates the leader of a Raft group among the nodes, for as long as Ratis says that it leads.
///
/// One thread owns all that is decided here. Ratis's callbacks wake it, and it looks several times
/// per election timeout anyway: its report follows from how the member stands, not from the order
/// in which several threads reported. Ratis's word comes up to a second late, which does no harm:
/// the lease admits one leader, whoever is nominated.
public final class RatisElection implements LeaderElection {
  private static final System.Logger LOG = System.getLogger(RatisElection.class.getName());
  private static final Duration FIRST_REOPEN_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_REOPEN_PAUSE = Duration.ofSeconds(15);

  private final RaftConfig config;
  private final RaftListener listener;
  private final DiskWatch disk;
  private final RaftMembership group;
  private final LeadershipTransfer transfers;
  private final ScheduledExecutorService owner =
      Executors.newSingleThreadScheduledExecutor(
          call -> VitalThreads.platform("raft-election", call::run));

  private volatile @Nullable RaftDirectory directory;
  private volatile @Nullable RaftMember member;
  private volatile boolean closing;

  /// Why the member cannot go on; empty if it can.
  private volatile String broken = "";

  // Only the owner's.
  private @Nullable Nominations nominations;
  private boolean nominated;
  private int opened;
  private long reopenAt;
  private Duration reopenPause = Duration.ZERO;

  public RatisElection(RaftConfig config, RaftListener listener) {
    this.config = config;
    this.listener = listener;
    this.disk =
        new DiskWatch(() -> broken.isEmpty() ? Optional.ofNullable(directory) : Optional.empty());
    this.group = new RaftMembership(config, () -> Optional.ofNullable(member), this::trouble);
    this.transfers = new LeadershipTransfer(owner, listener, group.answersWithin());
  }

  @Override
  public String name() {
    return "raft";
  }

  @Override
  public boolean joined() {
    return group.joined();
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
    RaftStartup opening = opening();
    opening.checkAddress();
    RaftDirectory opened = RaftDirectory.open(config);
    directory = opened;
    try {
      member = opening.open(opened);
    } catch (IOException e) {
      throw new IllegalStateException("The Raft member cannot start: " + e.getMessage(), e);
    }
    disk.start();
    group.start();
    owner.execute(() -> this.nominations = nominations);
    long look = Math.max(10, config.electionMin().toMillis() / 5);
    owner.scheduleWithFixedDelay(guarded(this::look), 0, look, TimeUnit.MILLISECONDS);
  }

  private RaftStartup opening() {
    int number = ++opened;
    return new RaftStartup(config, event -> happened(number, event));
  }

  private Optional<String> trouble() {
    return broken.isEmpty() ? disk.problem() : Optional.of(broken);
  }

  private void happened(int number, RaftEvent event) {
    post(() -> {
      if (number == opened) { // else reported by one that was closed since
        handle(event);
      }
    });
  }

  private void post(Runnable part) {
    try {
      owner.execute(guarded(part));
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
      case RaftEvent.LogFailed(String why) -> fails("its log cannot be written: " + why);
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
    if (disk.gone()) {
      fails("its data in RAFT_DATA_DIR " + config.dataDir() + " is gone");
    } else if (disk.failed()
        && disk.problem().isEmpty()
        && group.leaderlessFor(group.answersWithin())) {
      fails("it elects no more since its disk was full"); // Ratis gives up then, and does not say
    } else if (!now.running()) {
      fails("it has closed itself");
    }
    if (!broken.isEmpty()) {
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
    if (now.leader().isPresent()) {
      reopenPause = Duration.ZERO;
      reopenAt = 0;
    }
  }

  private void nominate(RaftMember now) {
    Nominations current = nominations;
    if (!nominated && current != null) {
      nominated = true;
      LOG.log(INFO, () -> "raft nominates this node term=" + now.term());
      current.nominated();
    }
  }

  private void withdraw(String why) {
    Nominations current = nominations;
    if (nominated && current != null) {
      nominated = false;
      LOG.log(INFO, () -> "raft nomination ends why=" + why);
      current.withdrawn();
    }
  }

  private void fails(String why) {
    if (broken.isEmpty()) {
      broken = why;
      LOG.log(ERROR, () -> "raft member cannot go on, is opened again once that works why=" + why);
    }
  }

  /// Closes a member that cannot go on, and opens it again once its directory can be written.
  private void reopen(RaftMember dead) {
    long now = System.nanoTime();
    if (reopenAt != 0 && now - reopenAt < 0) {
      return;
    }
    reopenPause = reopenPause.isZero() ? FIRST_REOPEN_PAUSE : longest(reopenPause.multipliedBy(2));
    reopenAt = now + reopenPause.toNanos();
    close(dead);
    RaftDirectory old = directory;
    if (old != null) {
      old.close(); // it may be another one by now
    }
    try {
      RaftDirectory again = RaftDirectory.open(config);
      directory = again;
      member = opening().open(again);
      disk.reset();
      broken = "";
      LOG.log(INFO, "raft member is opened again");
    } catch (IOException | RuntimeException e) {
      broken = String.valueOf(e.getMessage());
      LOG.log(WARNING, () -> "raft member not opened again, is tried later why=" + broken);
    }
  }

  private static Duration longest(Duration pause) {
    return pause.compareTo(LONGEST_REOPEN_PAUSE) < 0 ? pause : LONGEST_REOPEN_PAUSE;
  }

  private static void close(RaftMember member) {
    try {
      member.close();
    } catch (IOException | RuntimeException e) { // what it cannot write, it says here too
      LOG.log(WARNING, () -> "raft member did not close cleanly why=" + e);
    }
  }

  @Override
  public void transfer() {
    post(() -> {
      RaftMember now = member;
      if (now != null) {
        transfers.transfer(now);
      }
    });
  }

  @Override
  public Optional<ElectionStatus> status() {
    return Optional.of(group.status());
  }

  /// Waits for a transfer that is under way, then leaves.
  @Override
  public void close() {
    closing = true;
    try {
      // First what was asked for before, then what it began.
      CompletableFuture.supplyAsync(transfers::pending, owner)
          .thenCompose(pending -> pending)
          .get(
              LeadershipTransfer.LIMIT.multipliedBy(LeadershipTransfer.TRIES).toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      LOG.log(WARNING, "raft transfer has not ended", e);
    }
    owner.shutdownNow();
    disk.close();
    group.close();
    RaftMember now = member;
    if (now != null) {
      close(now);
    }
    RaftDirectory kept = directory;
    if (kept != null) {
      kept.close();
    }
  }
}
