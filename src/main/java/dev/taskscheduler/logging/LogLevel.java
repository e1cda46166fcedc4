package dev.taskscheduler.logging;

import java.util.logging.Level;

/// The log levels, by the names of `System.Logger`.
public enum LogLevel {
  /// A person must act.
  ERROR(Level.SEVERE),
  /// Heals alone.
  WARNING(Level.WARNING),
  /// The same level, by the name that other libraries use.
  WARN(Level.WARNING),
  /// Start, stop, leadership.
  INFO(Level.INFO),
  /// Each task.
  DEBUG(Level.FINE),
  /// All there is.
  TRACE(Level.FINER);

  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  Level level() {
    return level;
  }
}
