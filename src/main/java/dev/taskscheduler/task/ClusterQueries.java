package dev.taskscheduler.task;

/// The port for questions about the whole scheduler, of all its tasks and nodes.
///
/// Methods block for ten seconds at most, wait on futures, and throw [StoreException].
public interface ClusterQueries {
  /// Sums up all that stands in the store, by one question.
  Situation situation();
}
