package dev.taskscheduler.schedule;

import java.time.Instant;
import java.time.ZonedDateTime;

/// An instant at which a schedule fires.
///
/// @param local the same instant in the schedule's time zone
/// @param bend what a clock change did to it
public record PlannedInstant(Instant at, ZonedDateTime local, Bend bend) {
  public PlannedInstant {
    if (!local.toInstant().equals(at)) {
      throw new IllegalArgumentException("local must be the same instant as at, was " + local);
    }
  }
}
