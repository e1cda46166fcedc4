package dev.taskscheduler.task;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The statuses of a task: what a client that waits for its end needs to know. Each is one state or
/// several.
public enum TaskStatus {
  PENDING,
  COMPLETED,
  FAILED,
  CANCELLED;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /// The status of a task in this state.
  public static TaskStatus of(StateName state) {
    return switch (state) {
      case SCHEDULED, RETRYING, READY, RUNNING -> PENDING;
      case COMPLETED -> COMPLETED;
      case DEAD, EXPIRED -> FAILED;
      case CANCELLED -> CANCELLED;
    };
  }

  /// The states that it stands for.
  public Set<StateName> states() {
    return Arrays.stream(StateName.values())
        .filter(state -> of(state) == this)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// As REST writes it: in lower case.
  public String wire() {
    return wire;
  }

  /// Reads the wire form; empty for any other text.
  public static Optional<TaskStatus> parse(String wire) {
    return Arrays.stream(values()).filter(status -> status.wire.equals(wire)).findFirst();
  }
}
