package dev.taskscheduler.schedule;

import java.util.Optional;

/// A text that is no time zone of the IANA database. The message names the nearest one.
public final class UnknownZoneException extends IllegalArgumentException {
  /// Empty if there is none.
  private final String nearest;

  UnknownZoneException(String message, String nearest) {
    super(message);
    this.nearest = nearest;
  }

  /// The name that was probably meant; empty if none is near.
  public Optional<String> nearest() {
    return Optional.of(nearest).filter(name -> !name.isEmpty());
  }
}
