package dev.taskscheduler.task;

import dev.taskscheduler.fence.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// What only the leader may do with tasks: every call carries its token, and fails with
/// [StoreException.Fenced] once another leads. A port; Redis keeps the tasks and compares the token
/// inside each script.
///
/// What returns a value blocks, for a few seconds at the most, and throws [StoreException]: only
/// for threads that nobody interrupts, one at a time for claims. What is called by task threads
/// returns a future, which ends as soon.
public interface ClaimStore {
  /// Moves up to `limit` ready tasks to running, by priority and oldest first.
  ///
  /// An unknown outcome ([StoreException.Unavailable]) is settled by [#reconcile] with the same
  /// sequence number.
  ///
  /// @param sequence one more than the last call's under this token, from 1; a call that arrives
  ///   late is barred by it
  /// @param limit 1 to 500
  List<Claim> claim(FencingToken token, long sequence, int limit);

  /// Bars every claim up to `sequence` that may still arrive, and returns what stands as running
  /// under this token beyond what the caller knows.
  ///
  /// @param known ids of tasks that the caller runs already
  List<Claim> reconcile(FencingToken token, long sequence, Set<String> known);

  /// Records the end of an attempt. Repeated for the same attempt it does no harm.
  ///
  /// @return whether the end was recorded by this call or an earlier one; false if the task is not
  ///   in this attempt any more
  CompletableFuture<Boolean> end(FencingToken token, Claim claim, Outcome outcome);

  /// Puts a claimed task back, uncharged: to the front of its queue, or, with a delay, to come due
  /// later.
  ///
  /// @param delay zero for the front of the queue
  CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay);

  /// Takes back all that running holds under any other token: to the front of the queue on a task's
  /// first crash, delayed from the second on, to dead when its charged starts are used up. May take
  /// long when there is much; each call to Redis is small.
  Recovered recover(FencingToken token);

  /// Makes up to `limit` scheduled tasks that are due ready.
  Promoted promote(FencingToken token, int limit);

  /// Removes up to `limit` finished tasks that are over the retention's age or count.
  ///
  /// @return how many were removed; less than `limit` when there is no more
  int trim(FencingToken token, int limit);

  /// Calls `hint` whenever tasks may have become ready while a claim that got less than it asked
  /// for waits; from any thread, also in vain.
  void whenReady(Runnable hint);

  /// Calls `hint` whenever a task may be due earlier than [#promote] said last; from any thread,
  /// also in vain.
  void whenCareIsDue(Runnable hint);

  /// @param requeued tasks that will run again
  /// @param dead tasks that will not
  record Recovered(int requeued, int dead) {}

  /// @param promoted how many became ready
  /// @param nextDue how long until the next one is due, by Redis's clock; an hour at the most, also
  ///   when nothing is scheduled
  record Promoted(int promoted, Duration nextDue) {}
}
