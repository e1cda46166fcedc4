package dev.taskscheduler.task;

import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The port for a leader's attempts: claim, end, requeue, recover. Every call carries the leader's
/// token, and fails with [StoreException.Fenced] once another leads.
///
/// What returns a value blocks, for a few seconds at most, and throws [StoreException]: only for
/// threads that nobody interrupts, one at a time for claims. What task threads call returns a
/// future, which ends as soon.
public interface Claims {
  /// Records who leads under this token, so that attempts can be shown with their leader.
  void recordLeader(FencingToken token);

  /// Moves up to `limit` ready tasks to running, oldest first, and ends those that have expired.
  ///
  /// An unknown outcome ([StoreException.Unavailable]) is settled by [#reconcile] with the same
  /// sequence number.
  ///
  /// @param sequence one more than the last call's under this token, from 1; it bars calls that
  ///   arrive late
  /// @param limit 1 to 500
  /// @param shares which priorities go first
  Claimed claim(FencingToken token, long sequence, int limit, PriorityShares shares);

  /// Does [#recordLeader] and the first [#claim] under a token in one call, for a leader that has
  /// not recovered yet: where an earlier leader left nothing running there is nothing to recover.
  ///
  /// @return empty where something runs: then nothing was done, and [#recover] must come first
  Optional<Claimed> claimFirst(FencingToken token, long sequence, int limit, PriorityShares shares);

  /// Bars every claim up to `sequence` that may still arrive, and returns what runs under this
  /// token beyond what the caller knows.
  ///
  /// @param known the attempts that the caller has, by task id
  List<Claim> reconcile(FencingToken token, long sequence, Map<String, Integer> known);

  /// Records the end of an attempt. Repeated for the same attempt it does no harm.
  CompletableFuture<AttemptEnd> end(FencingToken token, Claim claim, Outcome outcome);

  /// Requeues a claimed task, uncharged: to the front of its queue, or, with a delay, to come due
  /// later.
  ///
  /// @param delay zero for the front of the queue
  CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay);

  /// Reclaims all tasks that run under any other token: to the front of the queue on a task's first
  /// crash, delayed from the second on, to dead when its charged attempts are used up, to cancelled
  /// when that was asked for. May take long when there is much; each call to Redis is small.
  Recovered recover(FencingToken token);

  /// Calls `listener` with what may need the leader, from any thread, also in vain. To be called
  /// once.
  void listen(Consumer<Signal> listener);

  /// What may need the leader.
  enum Signal {
    /// Tasks may have become ready while a claim that got less than it asked for waits.
    READY,
    /// A task may be due earlier than [TaskMaintenance#promote] answered last.
    DUE,
    /// A running task is to be cancelled.
    CANCEL,
    /// Something unreadable was set aside; it may have left tasks in no index.
    SET_ASIDE
  }

  /// The answer to a claim.
  ///
  /// @param claims what runs under the token now
  /// @param expired how many others were ended since their time was over
  /// @param more whether a bound of the call cut it short, so that more may be ready
  record Claimed(List<Claim> claims, int expired, boolean more) {}

  /// The answer to a recovery.
  ///
  /// @param requeued tasks that will run again
  /// @param dead tasks that will not
  /// @param cancelled tasks that were to be cancelled, and are
  record Recovered(int requeued, int dead, int cancelled) {}
}
