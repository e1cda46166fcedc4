package dev.taskscheduler.task;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What any node may do with tasks. A port; Redis keeps them.
///
/// Each future ends within a few seconds, at the worst with a [StoreException].
public interface TaskStore {
  /// Keeps a task under `id`. May be repeated with the same id: it is kept once.
  ///
  /// @return accepted or queue full; fails with [StoreException.Unavailable] when it may have been
  ///   kept, with [StoreException.Refused] when it was not
  CompletableFuture<Submission> submit(String id, NewTask task);

  /// Finds a task by id.
  CompletableFuture<Optional<Task>> find(String id);

  /// Counts what stands where.
  CompletableFuture<TaskCounts> counts();

  /// What the store last said of itself; answers at once.
  StoreHealth health();
}
