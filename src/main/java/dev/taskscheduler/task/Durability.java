package dev.taskscheduler.task;

import java.util.Locale;
import java.util.Optional;

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

  /// Reads the wire form; empty for any other text.
  public static Optional<Durability> parse(String wire) {
    return switch (wire) {
      case "memory" -> Optional.of(MEMORY);
      case "replica" -> Optional.of(REPLICA);
      case "fsync" -> Optional.of(FSYNC);
      default -> Optional.empty();
    };
  }
}
