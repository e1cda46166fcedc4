package dev.taskscheduler.runner;

/// What an attempt that ended well hands back.
///
/// @param json a JSON value in UTF-8, kept with the task; empty if there is nothing to keep. Not to
///   be changed after
public record TaskResult(byte[] json) {
  /// Nothing to keep.
  public static final TaskResult NONE = new TaskResult(new byte[0]);
}
