package dev.taskscheduler.queue;

import java.time.Instant;

/// A command about the pause of a queue or a pattern, as it stands.
public sealed interface QueuePause {
  /// The longest note, in characters.
  int LONGEST_NOTE = 200;

  /// Its tasks do not start.
  ///
  /// @param note why; empty if nothing was said
  record Paused(Instant since, String note) implements QueuePause {}

  /// It was resumed although a less specific pattern is paused.
  record Resumed() implements QueuePause {}
}
