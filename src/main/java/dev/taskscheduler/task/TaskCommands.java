package dev.taskscheduler.task;

import java.util.List;

/// The port for commands about single tasks. Every call may be repeated without harm.
///
/// Methods block for ten seconds at most, wait on futures, and throw [StoreException].
public interface TaskCommands {
  /// Cancels a waiting task, and asks the leader to interrupt a running one.
  Cancellation cancel(String id);

  /// Makes a task ready that waits for a time: its start, or its next attempt.
  RunResult run(String id);

  /// Appends dead and expired tasks to their queues again.
  ///
  /// @param ids 500 at most
  /// @return one result for each, in their order
  List<RetryResult> retry(List<String> ids);

  /// Removes dead, expired and cancelled tasks.
  ///
  /// @param ids 500 at most
  /// @return one result for each, in their order
  List<DeleteResult> delete(List<String> ids);
}
