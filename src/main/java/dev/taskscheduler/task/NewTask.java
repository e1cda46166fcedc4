package dev.taskscheduler.task;

/// A task that somebody asks for.
///
/// @param priority which queue it joins
/// @param type names the runner; known to this node
/// @param payload any JSON value, kept and handed on byte for byte; not to be changed after
public record NewTask(Priority priority, String type, byte[] payload) {}
