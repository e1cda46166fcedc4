package dev.taskscheduler.queue;

import java.util.List;
import java.util.Optional;

/// The port for queues, through any node. A queue needs not be made: it is there while it has
/// settings, or tasks that are ready or run. Every call may be repeated without harm.
///
/// Methods block for ten seconds at most, wait on futures, and throw
/// [dev.taskscheduler.task.StoreException].
public interface Queues {
  /// As many queues may have settings.
  int MOST_SETTINGS = 10_000;

  /// As many patterns may have settings.
  int MOST_PATTERNS = 100;

  /// As many queues are put in order for an order other than by name.
  int MOST_SORTED = 10_000;

  /// What may become of a change.
  enum Change {
    DONE,
    /// There is nothing to remove.
    UNKNOWN,
    /// As many have settings as may: [#MOST_SETTINGS] or [#MOST_PATTERNS].
    TOO_MANY_SETTINGS,
    /// [dev.taskscheduler.task.Pause#MOST] pauses stand.
    TOO_MANY_PAUSES
  }

  /// Sets all settings of a queue or a pattern; its pause stays.
  ///
  /// @param name a name or pattern as [dev.taskscheduler.task.QueueName] knows them
  Change put(String name, QueueSettings settings);

  /// Removes the settings and the pause of a queue or a pattern.
  Change delete(String name);

  /// Keeps the tasks of a queue, or of all that match a pattern, from being started; running tasks
  /// go on.
  ///
  /// @param note why, at most [QueuePause#LONGEST_NOTE] characters; empty for nothing
  Change pause(String name, String note);

  /// Lets the tasks of a queue, or of all that match a pattern, be started again. A queue whose
  /// pattern is paused goes on by itself.
  Change resume(String name);

  /// A queue as it stands; one that has nothing is shown empty.
  QueueView show(String name);

  /// A page of the queues that have settings, or tasks that are ready or run. Any order but by name
  /// is that of a second ago at the most.
  ///
  /// @param cursor the `next` of the page before; empty for the first page
  /// @param limit queues on a page at the most, 1 to 500
  /// @return empty if the cursor is unknown, or belongs to another order
  Optional<QueuePage> list(QueueSort sort, String cursor, int limit);

  /// Up to so many queues with the most ready tasks.
  default List<QueueView> busiest(int limit) {
    return list(QueueSort.READY, "", limit).map(QueuePage::queues).orElse(List.of());
  }

  /// What is set by pattern, the most specific first.
  List<QueueSource> patterns();
}
