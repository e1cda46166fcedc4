package dev.taskscheduler.task;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The calls that any node may make. A port; Redis keeps them.
///
/// Each future ends within a few seconds, at the worst with a [StoreException].
public interface TaskStore {
  /// Keeps a task under `id`. May be repeated with the same id: it is kept once.
  ///
  /// @return what became of it; fails with [StoreException.Unavailable] when it may have been kept,
  ///   with [StoreException.Refused] when it was not
  CompletableFuture<SubmitResult> submit(String id, NewTask task);

  /// Keeps one of many tasks that come together, beside others that come one by one.
  ///
  /// @param stream any number; what goes in one stream is kept in its order
  default CompletableFuture<SubmitResult> submit(String id, NewTask task, int stream) {
    return submit(id, task);
  }

  /// Finds a task by id.
  CompletableFuture<Optional<Task>> find(String id);

  /// Counts what stands where.
  CompletableFuture<TaskCounts> counts();

  /// Cancels a task that waits, and asks the leader to interrupt one that runs.
  CompletableFuture<Cancellation> cancel(String id);

  /// Brings dead and expired tasks back, to the back of their queues.
  ///
  /// @param ids 500 at the most
  /// @return what became of each, in their order
  CompletableFuture<List<RetryResult>> revive(List<String> ids);

  /// Keeps what it names from being started; what runs goes on.
  ///
  /// @return false if as much as may is paused already
  CompletableFuture<Boolean> pause(Pause what);

  /// Lets it start again.
  CompletableFuture<Void> resume(Pause what);

  /// What is paused, and since when.
  CompletableFuture<Map<Pause, Instant>> paused();

  /// All that is known of a task.
  CompletableFuture<Optional<TaskDetails>> details(String id);

  /// A page of tasks, without their payloads.
  ///
  /// @param cursor where the page before ended, as it said; empty for the first
  /// @return empty if the cursor is none of this store's, or of another question
  CompletableFuture<Optional<TaskPage>> list(TaskFilter filter, String cursor);

  /// Where a task stands and what is before it.
  CompletableFuture<Optional<Explanation>> explain(String id);

  /// What there is at a glance.
  CompletableFuture<TaskOverview> overview();

  /// What the store last said of itself; answers at once.
  StoreHealth health();
}
