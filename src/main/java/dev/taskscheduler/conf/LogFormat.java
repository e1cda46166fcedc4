package dev.taskscheduler.conf;

/// The formats of log lines.
public enum LogFormat {
  /// For people: [TextLog].
  TEXT,
  /// For collectors: [JsonLog].
  JSON
}
