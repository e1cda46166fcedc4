package dev.taskscheduler.spi;

/// The result of an attempt that succeeded.
///
/// @param json a JSON value in UTF-8 that is stored with the task; empty to store nothing. Numbers
///   must fit a double and strings must be Unicode (RFC 7493), else the attempt fails. The array
///   must not be changed afterwards
public record TaskResult(byte[] json) {
  /// A result that stores nothing.
  public static final TaskResult NONE = new TaskResult(new byte[0]);
}
