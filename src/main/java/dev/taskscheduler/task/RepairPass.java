package dev.taskscheduler.task;

import java.util.Map;

/// One pass over everything stored, in small steps; what is wrong is put right at the step that
/// finds it so, under the leader's token. For one thread, which nobody interrupts.
public interface RepairPass {
  /// Looks at some more; one call to Redis of a few hundred keys, and few that look through a list.
  ///
  /// @return whether there is more
  /// @throws StoreException if it failed; the same step may be called again
  boolean step();

  /// How many were put right so far; only those kinds that were found.
  Map<RepairKind, Integer> repaired();

  /// How many tasks looked wrong and are left to later passes, since a pass looks for so many at
  /// the most, or since the lists are too long to look through at once.
  int unsettled();
}
