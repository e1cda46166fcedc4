package dev.taskscheduler.logging;

/// The formats of log lines.
public enum LogFormat {
  /// For people: [TextLog].
  TEXT,
  /// For collectors: [JsonLog].
  JSON
}
