package dev.taskscheduler.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The port for schedules, through any node. Every call may be repeated without harm, but for
/// [#trigger], which fires once more.
///
/// Methods block for ten seconds at most, wait on futures, and throw
/// [dev.taskscheduler.task.StoreException]. Names are those of
/// [dev.taskscheduler.task.QueueName#isName].
public interface Schedules {
  /// As many schedules there may be.
  int MOST = 1_000_000;

  /// The longest note of a pause, in characters.
  int LONGEST_NOTE = 200;

  /// As many schedules are applied in a call.
  int MOST_APPLIED = 500;

  /// As many instants are backfilled in a call.
  int MOST_BACKFILLED = 1_000;

  /// What a schedule keeps of what it did.
  int MOST_RECORDS = 100;

  /// What may become of a change.
  enum Change {
    CREATED,
    CHANGED,
    /// It stands as it is asked for.
    UNCHANGED,
    /// It was of the group, and is not any more.
    REMOVED,
    UNKNOWN,
    /// There are [#MOST].
    TOO_MANY
  }

  /// The answer to a put.
  ///
  /// @param view as it stands then; empty if nothing was done
  record Put(Change change, Optional<ScheduleView> view) {}

  /// What may become of a trigger.
  ///
  /// @param outcome empty if there is no such schedule
  /// @param task the id of the task, where one was submitted
  record Triggered(Optional<FireOutcome> outcome, Optional<String> task) {}

  /// Creates or replaces a schedule. Its next instant is computed anew and lies ahead: a change
  /// never fires at once. Its pause stays.
  Put put(String name, NewSchedule schedule);

  /// Creates and replaces the schedules of a group, all or none; each then belongs to this group
  /// alone.
  ///
  /// @param group a name as schedules have
  /// @param all by name, with `prune` [#MOST_APPLIED] of the group and of these together
  /// @param prune whether those of the group that are not among these are removed
  /// @param dryRun whether only to say what would be done
  /// @return by name what became of each; [Change#TOO_MANY] of each where nothing was done
  Map<String, Change> apply(
      String group, Map<String, NewSchedule> all, boolean prune, boolean dryRun);

  /// Removes a schedule; tasks that it has made go on.
  Change delete(String name);

  /// Keeps a schedule from firing; its runs go on.
  ///
  /// @param note why, at most [#LONGEST_NOTE] characters; empty for nothing
  Change pause(String name, String note);

  /// Lets a schedule fire again. What passed meanwhile is caught up as its settings say.
  Change resume(String name);

  /// Fires a schedule now, also while it is paused; its planned instants stay.
  ///
  /// @param anyway whether to fire also while an earlier run has not ended, whatever its settings
  ///   say
  Triggered trigger(String name, boolean anyway);

  /// Fires for instants that have passed, whatever its overlap policy and its bounds of time say.
  /// An instant that has its task already fires nothing, so that a call may be repeated.
  ///
  /// @param instants planned ones, [#MOST_BACKFILLED] at most
  /// @return the ids of the tasks that were submitted, by their instants; empty if there is no such
  ///   schedule. Too many pending tasks end it early: the rest is left out
  Optional<Map<Instant, String>> backfill(String name, List<Instant> instants);

  Optional<ScheduleView> find(String name);

  /// What a schedule did, the newest first, [#MOST_RECORDS] at most.
  List<FireRecord> records(String name);

  /// A page of schedules, in the order of their names; without their tasks' JSON.
  ///
  /// @param after the last name of the page before; empty for the first page
  /// @param limit schedules on a page at the most, 1 to 500
  SchedulePage list(String after, int limit);

  /// The time of Redis's clock.
  Instant now();
}
