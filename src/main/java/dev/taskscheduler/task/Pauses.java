package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Map;

/// The port for pauses of everything and of priorities. Every call may be repeated without harm.
///
/// Methods block for ten seconds at most, wait on futures, and throw [StoreException].
public interface Pauses {
  /// Keeps tasks from being started; running tasks go on.
  void pause(Pause pause);

  /// Lets tasks be started again.
  void resume(Pause pause);

  /// All pauses, those of queues among them, and since when each stands.
  Map<Pause, Instant> paused();
}
