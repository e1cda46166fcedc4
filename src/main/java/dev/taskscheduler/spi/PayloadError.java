package dev.taskscheduler.spi;

/// One error in a payload, found by the runner of its type.
///
/// @param pointer to the value inside the payload, as RFC 6901 writes it; empty for all of it
/// @param detail what to change
public record PayloadError(String pointer, String detail) {
  /// How many errors of one payload are shown at most.
  public static final int MAX_SHOWN = 20;

  @Override
  public String toString() {
    return (pointer.isEmpty() ? "the payload" : pointer) + " " + detail;
  }
}
