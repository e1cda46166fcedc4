package dev.taskscheduler.task;

import java.util.concurrent.atomic.LongAdder;

/// Adds up what this node does, for the history of all nodes. For use by many threads at once.
public final class Activity {
  private final LongAdder submitted = new LongAdder();
  private final LongAdder started = new LongAdder();
  private final LongAdder completed = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /// A submission was accepted.
  public void submitted() {
    submitted.increment();
  }

  /// An attempt began.
  public void started() {
    started.increment();
  }

  /// A task completed.
  public void completed() {
    completed.increment();
  }

  /// An attempt failed.
  public void failed() {
    failed.increment();
  }

  /// What was done since the last call.
  public ActivityCounts take() {
    return new ActivityCounts(
        submitted.sumThenReset(),
        started.sumThenReset(),
        completed.sumThenReset(),
        failed.sumThenReset());
  }

  /// Gives back what could not be kept.
  public void putBack(ActivityCounts counts) {
    submitted.add(counts.submitted());
    started.add(counts.started());
    completed.add(counts.completed());
    failed.add(counts.failed());
  }
}
