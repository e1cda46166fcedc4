package dev.taskscheduler.task;

import java.util.concurrent.CompletableFuture;

/// The port through which new tasks come in.
///
/// Each future ends within ten seconds: with [StoreException.Unavailable] when the task may have
/// been stored, with [StoreException.Refused] when it was not.
public interface TaskIntake {
  /// Stores a task under `id`. May be repeated with the same id: the task is stored once.
  CompletableFuture<SubmitResult> submit(String id, NewTask task);

  /// Stores one of many tasks that come together, apart from those that come one by one.
  ///
  /// @param stream any number; tasks of one stream are stored in their order
  CompletableFuture<SubmitResult> submit(String id, NewTask task, int stream);
}
