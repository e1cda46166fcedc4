package dev.taskscheduler.task;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A history of what all nodes did, in steps of one length.
///
/// @param from the beginning of the first step
/// @param steps the oldest first; all of them are over
public record History(Duration step, Instant from, List<ActivityCounts> steps) {
  public History {
    steps = List.copyOf(steps);
  }

  /// How far a history goes back.
  public enum Window {
    /// In steps of ten seconds.
    QUARTER_OF_AN_HOUR("15m", 90),
    /// In steps of five minutes.
    DAY("24h", 288);

    private final String wire;
    private final int steps;

    Window(String wire, int steps) {
      this.wire = wire;
      this.steps = steps;
    }

    /// As requests write it.
    public String wire() {
      return wire;
    }

    /// How many steps it has.
    public int steps() {
      return steps;
    }
  }
}
