package dev.taskscheduler.task;

import java.util.List;

/// The port for questions about the whole scheduler, of all its tasks and nodes.
///
/// Methods block for ten seconds at most, wait on futures, and throw [StoreException].
public interface ClusterQueries {
  /// Sums up all that stands in the store, by one question.
  Situation situation();

  /// Returns what all nodes did in a time.
  History history(History.Window window);

  /// Returns who has led, the newest first.
  List<PastLeader> leaders(int limit);
}
