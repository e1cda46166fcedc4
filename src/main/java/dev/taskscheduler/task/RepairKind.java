package dev.taskscheduler.task;

/// The kinds of damage that a [RepairPass] repairs.
public enum RepairKind {
  /// A task that has not ended stood in no index, so that it would never have run: it is ready.
  LOST,

  /// A task that has ended stood in no index, so that it would have stayed for ever: it is filed.
  UNFILED,

  /// An index had an entry without a task of its state: the entry is removed.
  STRAY,

  /// A task stood in two places: one is left.
  DOUBLE,

  /// A list of attempts or a unique key had outlived its task: it is removed.
  LEFTOVER,

  /// A count was wrong that follows from the rest: of ready tasks, of cancelled ids that still
  /// stand in lists, or of the running tasks of a queue.
  COUNT,

  /// A queue without tasks was listed, or one with tasks was not, or was out of its turns.
  QUEUE,

  /// A schedule was not listed, or did not stand among those that are to fire: it does.
  SCHEDULE
}
