package dev.taskscheduler.task;

import dev.taskscheduler.lease.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The calls that only the leader may make: every call carries its token, and fails with
/// [StoreException.Fenced] once another leads. A port; Redis keeps the tasks and compares the token
/// inside each script.
///
/// What returns a value blocks, for a few seconds at the most, and throws [StoreException]: only
/// for threads that nobody interrupts, one at a time for claims. What is called by task threads
/// returns a future, which ends as soon.
public interface ClaimStore {
  /// Writes down who leads under this token, so that attempts can be told by their leader.
  void enter(FencingToken token);

  /// Moves up to `limit` ready tasks to running, oldest first, and ends those that have expired.
  ///
  /// An unknown outcome ([StoreException.Unavailable]) is settled by [#reconcile] with the same
  /// sequence number.
  ///
  /// @param sequence one more than the last call's under this token, from 1; a call that arrives
  ///   late is barred by it
  /// @param limit 1 to 500
  /// @param order which priorities go first
  Claimed claim(FencingToken token, long sequence, int limit, PriorityShares order);

  /// [#enter] and the first [#claim] under a token in one call, for a leader that has not recovered
  /// yet: where an earlier leader left nothing running there is nothing to recover.
  ///
  /// @return empty where something runs: then nothing was done, and [#recover] must come first
  Optional<Claimed> claimFirst(FencingToken token, long sequence, int limit, PriorityShares order);

  /// Bars every claim up to `sequence` that may still arrive, and returns what stands as running
  /// under this token beyond what the caller knows.
  ///
  /// @param known which attempts the caller has in hand, by task id
  List<Claim> reconcile(FencingToken token, long sequence, Map<String, Integer> known);

  /// Records the end of an attempt. Repeated for the same attempt it does no harm.
  ///
  /// @return what became of the task
  CompletableFuture<AttemptEnd> end(FencingToken token, Claim claim, Outcome outcome);

  /// Puts a claimed task back, uncharged: to the front of its queue, or, with a delay, to come due
  /// later.
  ///
  /// @param delay zero for the front of the queue
  CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay);

  /// Takes back all that running holds under any other token: to the front of the queue on a task's
  /// first crash, delayed from the second on, to dead when its charged attempts are used up, to
  /// cancelled when that was asked for. May take long when there is much; each call to Redis is
  /// small.
  Recovered recover(FencingToken token);

  /// Makes up to `limit` scheduled tasks that are due ready.
  Promoted promote(FencingToken token, int limit);

  /// Puts up to `limit` tasks back whose type was paused and is not any more.
  ///
  /// @return how many; 0 when there is no more
  int unpark(FencingToken token, int limit);

  /// Which tasks are to be cancelled while they run; 500 at the most.
  List<String> cancelling(FencingToken token);

  /// Removes up to `limit` ended tasks that are over the retention's age or count.
  ///
  /// @return how many were removed; less than `limit` when there is no more
  int trim(FencingToken token, int limit);

  /// Begins a look through all that is kept, which puts right what is wrong. Only after [#recover]
  /// has answered: what runs under another token counts as damage.
  RepairPass repair(FencingToken token);

  /// Calls `hint` whenever tasks may have become ready while a claim that got less than it asked
  /// for waits; from any thread, also in vain.
  void whenReady(Runnable hint);

  /// Calls `hint` whenever a task may be due earlier than [#promote] said last; from any thread,
  /// also in vain.
  void whenCareIsDue(Runnable hint);

  /// Calls `hint` whenever a running task is to be cancelled; from any thread, also in vain.
  void whenCancelling(Runnable hint);

  /// @param hint to be run when something was set aside since it could not be read: it may have
  ///   left tasks in no index
  default void whenSetAside(Runnable hint) {}

  /// @param claims what runs under the token now
  /// @param expired how many others were ended since their time was over
  record Claimed(List<Claim> claims, int expired) {}

  /// @param requeued tasks that will run again
  /// @param dead tasks that will not
  /// @param cancelled tasks that were to be cancelled, and are
  record Recovered(int requeued, int dead, int cancelled) {}

  /// @param promoted how many became ready
  /// @param nextDue how long until the next one is due, by Redis's clock; an hour at the most, also
  ///   when nothing is scheduled
  record Promoted(int promoted, Duration nextDue) {}
}
