package dev.taskscheduler.task;

import java.util.Locale;
import java.util.Optional;

/// Strict: a lower priority runs only when nothing of a higher one is ready.
public enum Priority {
  HIGH,
  MEDIUM,
  LOW;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /// `high`, `medium` or `low`, as REST and Redis write it.
  public String wire() {
    return wire;
  }

  /// Reads the wire form; empty for any other text.
  public static Optional<Priority> parse(String wire) {
    return switch (wire) {
      case "high" -> Optional.of(HIGH);
      case "medium" -> Optional.of(MEDIUM);
      case "low" -> Optional.of(LOW);
      default -> Optional.empty();
    };
  }
}
