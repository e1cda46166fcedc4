package dev.taskscheduler.conf;

/// How log lines look.
public enum LogFormat {
  /// For people: [TextLog].
  TEXT,
  /// For collectors: [JsonLog].
  JSON
}
