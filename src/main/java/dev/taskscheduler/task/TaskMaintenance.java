package dev.taskscheduler.task;

import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.util.List;

/// The port for the leader's periodic duties. Every call carries the leader's token, and fails with
/// [StoreException.Fenced] once another leads.
///
/// Methods block, for a few seconds at most, and throw [StoreException]: only for threads that
/// nobody interrupts.
public interface TaskMaintenance {
  /// Makes up to `limit` scheduled tasks that are due ready, and reopens queues that were closed
  /// for a time.
  Promoted promote(FencingToken token, int limit);

  /// Returns the running tasks that are to be cancelled; 500 at most.
  List<String> cancelling(FencingToken token);

  /// Removes up to `limit` ended tasks that are over the retention's age or count.
  ///
  /// @return how many were removed; less than `limit` when there is no more
  int clean(FencingToken token, int limit);

  /// Begins a pass that repairs what is wrong in the store. Only after [Claims#recover] has
  /// answered: what runs under another token counts as damage.
  RepairPass repair(FencingToken token);

  /// The answer to a promotion.
  ///
  /// @param promoted how many became ready
  /// @param nextDue how long until the next one is due or the next queue opens, by Redis's clock;
  ///   an hour at most, also when none will
  record Promoted(int promoted, Duration nextDue) {}
}
