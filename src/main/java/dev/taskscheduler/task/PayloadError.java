package dev.taskscheduler.task;

/// One error in a payload, found by the runner of its type.
///
/// @param pointer to the value inside the payload, as RFC 6901 writes it
/// @param detail what to change
public record PayloadError(String pointer, String detail) {
  /// Shows this many faults of one payload at most; a reader stops there.
  public static final int MOST = 20;

  @Override
  public String toString() {
    return (pointer.isEmpty() ? "the payload" : pointer) + " " + detail;
  }
}
