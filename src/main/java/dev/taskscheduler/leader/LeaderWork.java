package dev.taskscheduler.leader;

import java.time.Duration;

/// The work that exists only while this node leads. Called by the one thread that owns leadership;
/// every method returns at once.
public interface LeaderWork {
  /// Starts the work under `leadership`. No claim before recovery has answered.
  void begin(Leadership leadership);

  /// Ends the work of the leadership that began last.
  ///
  /// Planned: claims stop, running tasks get `drain`, what is left is interrupted and goes back to
  /// the front of its queue, uncharged. Not planned (trust or token lost): claims stop, running
  /// tasks are interrupted at once, nothing more is written.
  ///
  /// A second call before `ended` makes a planned end harder; only the first call's `ended` is run.
  ///
  /// @param planned whether the token still holds, so that tasks may be drained and requeued
  /// @param drain how long running tasks may go on; zero when not planned
  /// @param ended to be run once, from any thread, when no task thread may act in the pool's name
  ///   any more: bounded by `drain` and a few seconds
  void end(boolean planned, Duration drain, Runnable ended);

  /// How long ago the work last made a step, where it should make one at least every few seconds;
  /// zero where it has nothing to do. From any thread.
  default Duration sinceStep() {
    return Duration.ZERO; // work that cannot stand still
  }

  /// Puts back, uncharged, what the work that ended last had to leave where it was, such as while
  /// Redis was away: as long as its token still stands. Called before that is released and before
  /// this node takes over again, on a thread that may wait; ends within seconds.
  ///
  /// @return false if it should be tried again, before the token is released
  default boolean settle() {
    return true; // work that leaves nothing
  }
}
