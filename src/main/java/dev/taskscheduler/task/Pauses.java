package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Map;

/// The port for pauses. Every call may be repeated without harm.
///
/// Methods block for ten seconds at most, wait on futures, and throw [StoreException].
public interface Pauses {
  /// Keeps tasks from being started; running tasks go on.
  ///
  /// @return false if [Pause#MOST] pauses exist already
  boolean pause(Pause pause);

  /// Lets tasks be started again.
  void resume(Pause pause);

  /// All pauses, and since when each stands.
  Map<Pause, Instant> paused();
}
