package dev.taskscheduler.leader.raft;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;

/// Transfers Raft leadership to a peer. It chooses the most advanced peer that answers, and among
/// equals the one that it chose longest ago, so that a cluster in trouble tries all of them in
/// turn. One thread, but for [#pending].
final class LeadershipTransfer {
  private static final System.Logger LOG = System.getLogger(LeadershipTransfer.class.getName());

  /// A peer that answers takes over in less than a tenth of a second.
  static final Duration LIMIT = Duration.ofSeconds(2);

  /// Peers tried in one transfer.
  static final int TRIES = 2;

  private final Executor owner;
  private final RaftListener listener;
  private final Duration answersWithin;
  private final Map<String, Long> lastGiven = new HashMap<>();
  private long given;
  private volatile CompletableFuture<Boolean> pending = CompletableFuture.completedFuture(false);

  /// @param owner the one thread: Ratis completes its futures under its own locks, and to ask it
  ///   again from there would block it for good
  /// @param answersWithin who has not answered for longer is not trusted with it
  LeadershipTransfer(Executor owner, RaftListener listener, Duration answersWithin) {
    this.owner = owner;
    this.listener = listener;
    this.answersWithin = answersWithin;
  }

  /// The transfer that is under way, or the last one.
  CompletableFuture<Boolean> pending() {
    return pending;
  }

  /// Does nothing if this member does not lead, or a transfer is under way.
  void transfer(RaftMember member) {
    if (!member.ready() || !pending.isDone()) {
      return;
    }
    List<String> targets = targets(member);
    if (targets.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "raft leadership stays here, no peer answers");
      return;
    }
    targets.forEach(target -> lastGiven.putIfAbsent(target, 0L));
    lastGiven.put(targets.getFirst(), ++given);
    pending = attempt(member, targets);
  }

  private List<String> targets(RaftMember member) {
    Map<String, Duration> answered = member.answered();
    Map<String, Long> progress = member.progress();
    return progress.keySet().stream()
        .filter(id -> {
          Duration age = answered.get(id);
          return age != null && age.compareTo(answersWithin) <= 0;
        })
        .sorted(
            Comparator.comparing((String id) -> -progress.getOrDefault(id, -1L))
                .thenComparing(id -> lastGiven.getOrDefault(id, 0L))
                .thenComparing(id -> id))
        .limit(TRIES)
        .toList();
  }

  /// In a few words: what Ratis says in its messages is for its authors. `/health` says more.
  private static String why(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof TransferLeadershipException
        ? "it did not take it in time: it is behind, or too few members are there"
        : String.valueOf(cause.getMessage());
  }

  private CompletableFuture<Boolean> attempt(RaftMember member, List<String> targets) {
    String target = targets.getFirst();
    return member
        .transfer(target, LIMIT)
        .handleAsync(
            (reply, failure) -> {
              listener.transferred(failure == null);
              if (failure == null) {
                LOG.log(System.Logger.Level.INFO, () -> "raft leadership transferred to=" + target);
              } else {
                LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "raft leadership not transferred to=" + target + " why=" + why(failure));
              }
              return failure == null;
            },
            owner)
        .thenCompose(done ->
            done || targets.size() == 1
                ? CompletableFuture.completedFuture(done)
                : attempt(member, targets.subList(1, targets.size())));
  }
}
