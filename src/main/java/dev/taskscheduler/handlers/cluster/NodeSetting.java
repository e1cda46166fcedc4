package dev.taskscheduler.handlers.cluster;

/// A setting of this node that may be shown to those who may read.
///
/// @param name of its environment variable
/// @param value in effect, as text
/// @param from `environment`, `file` or `default`
public record NodeSetting(String name, String value, String from) {}
