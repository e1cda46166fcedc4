package dev.taskscheduler.task;

import java.util.Locale;

/// The levels of durability of a submission at its answer; each more than the one before.
public enum Durability {
  /// Redis has it in its memory, and writes it down as it is configured.
  MEMORY,
  /// At least one replica has it too.
  REPLICA,
  /// It is on the disk of the Redis that was asked.
  FSYNC;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /// `memory`, `replica` or `fsync`, as REST writes it.
  public String wire() {
    return wire;
  }
}
