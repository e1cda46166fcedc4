package dev.taskscheduler.schedule;

/// The choice of what happens at an instant at which an earlier run of the schedule has not ended.
/// A run with its retries counts as one.
public enum OverlapPolicy {
  /// Does not fire.
  SKIP("skip"),
  /// Fires when the run has ended; one instant waits at the most, and later ones are skipped.
  BUFFER_ONE("bufferOne"),
  /// Fires when the run has ended; [#MOST_BUFFERED] instants wait at the most.
  BUFFER_ALL("bufferAll"),
  /// Cancels the run, and fires.
  CANCEL_RUNNING("cancelRunning"),
  /// Fires.
  ALLOW("allow");

  /// As many instants wait for the end of a run.
  public static final int MOST_BUFFERED = 100;

  private final String wire;

  OverlapPolicy(String wire) {
    this.wire = wire;
  }

  /// The word for it in the API and in Redis.
  public String wire() {
    return wire;
  }
}
