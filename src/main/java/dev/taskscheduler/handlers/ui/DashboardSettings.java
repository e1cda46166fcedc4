package dev.taskscheduler.handlers.ui;

/// Settings of the dashboard.
///
/// @param isOn whether the node serves it
/// @param hidesPayloads whether it shows neither payloads nor results; the API still answers them
public record DashboardSettings(boolean isOn, boolean hidesPayloads) {}
