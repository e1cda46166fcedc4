package dev.taskscheduler.task;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The names of task states.
public enum StateName {
  SCHEDULED,
  RETRYING,
  READY,
  RUNNING,
  COMPLETED,
  DEAD,
  EXPIRED,
  CANCELLED;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /// As REST writes it: in lower case.
  public String wire() {
    return wire;
  }

  /// Reads the wire form; empty for any other text.
  public static Optional<StateName> parse(String wire) {
    return Arrays.stream(values()).filter(name -> name.wire.equals(wire)).findFirst();
  }
}
