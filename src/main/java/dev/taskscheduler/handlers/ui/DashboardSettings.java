package dev.taskscheduler.handlers.ui;

/// Settings of the dashboard.
///
/// @param presence whether there is one
/// @param hidesPayloads whether it shows neither payloads nor results; the API still answers them
public record DashboardSettings(Presence presence, boolean hidesPayloads) {
  /// Whether a node serves the dashboard.
  public enum Presence {
    ON,
    OFF
  }
}
