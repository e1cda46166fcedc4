package dev.taskscheduler.task;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The port for questions about tasks.
///
/// Methods block for ten seconds at most, wait on futures, and throw [StoreException].
public interface TaskQueries {
  /// Finds a task by id.
  Optional<Task> find(String id);

  /// Finds some tasks.
  ///
  /// @return by their ids those that there are
  Map<String, Task> find(Set<String> ids);

  /// Returns all that is known of a task.
  Optional<TaskDetails> details(String id);

  /// Returns a page of tasks, without their payloads.
  ///
  /// @param cursor the `next` of the page before; empty for the first page
  /// @return empty if the cursor is unknown, or belongs to another filter
  Optional<TaskPage> list(TaskFilter filter, String cursor);

  /// Explains where a task stands and what is ahead of it.
  Optional<Explanation> explain(String id);

  /// Counts the tasks in each state.
  TaskCounts counts();

  /// Sums up all tasks.
  TaskOverview overview();
}
