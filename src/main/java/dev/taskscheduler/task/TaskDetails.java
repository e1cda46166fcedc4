package dev.taskscheduler.task;

import java.util.List;
import java.util.Optional;

/// Everything known about a task.
///
/// @param options what its submission asked for
/// @param charged attempts charged against its limit
/// @param history its attempts, oldest first: of those that ended badly the newest 20, one that
///   ended well, and one under way
/// @param payload as it was submitted, byte for byte
/// @param result what the runner handed back, a JSON value; empty if nothing
/// @param cancelling whether it runs and its leader was asked to interrupt it
/// @param callback what its end has made; empty if it makes none, or has not ended
public record TaskDetails(
    Task task,
    TaskOptions options,
    int charged,
    List<AttemptRecord> history,
    byte[] payload,
    byte[] result,
    boolean cancelling,
    Optional<CallbackTask> callback) {
  /// The task that reports the end of another one.
  ///
  /// @param task empty if it was removed
  public record CallbackTask(String id, Optional<Task> task) {}

  public TaskDetails {
    history = List.copyOf(history);
  }

  /// Whether it was started more often than its history shows.
  public boolean historyCut() {
    return history.size() < task.attempts();
  }
}
