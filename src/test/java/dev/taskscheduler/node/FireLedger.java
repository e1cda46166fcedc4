package dev.taskscheduler.node;

import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.ScheduleListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts what became of planned instants.
final class FireLedger implements ScheduleListener {
  final Map<FireOutcome, Integer> outcomes = new ConcurrentHashMap<>();

  @Override
  public void fired(FireOutcome outcome, Duration late) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  @Override
  public void missed(int instants) {
    if (instants > 0) {
      outcomes.merge(FireOutcome.MISSED, instants, Integer::sum);
    }
  }

  @Override
  public void looked(long all, long active, Duration untilNext) {}

  @Override
  public void ended() {}
}
