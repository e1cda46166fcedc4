package dev.taskscheduler.metrics;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.ScheduleListener;
import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Meters of schedules. The gauges are of the leader; they are 0 on a follower.
final class ScheduleMeters implements ScheduleListener {
  /// What becomes of planned instants, in the words of the metric.
  private enum Outcome {
    FIRED,
    /// Later than a minute.
    LATE,
    SKIPPED,
    MISSED,
    BUFFERED,
    FULL
  }

  private record Look(long all, long active, Duration untilNext, long nanos) {}

  private static final Look NONE = new Look(0, 0, Duration.ofHours(1), 0);

  private final Map<Outcome, Counter> fires;
  private final Timer lateness;
  private volatile Look last = NONE;

  ScheduleMeters(MeterRegistryWriter registry) {
    fires =
        registry.counters(
            "scheduler_schedule_fires",
            "Planned instants of schedules, by what became of them",
            "outcome",
            Outcome.class,
            outcome -> outcome.name().toLowerCase(Locale.ROOT));
    lateness =
        registry.histogram(
            "scheduler_schedule_lateness",
            "Time from when an instant was planned to when its task was submitted",
            Buckets.WAIT);
    String described = "Schedules: active ones wait for an instant or a run, idle ones do not";
    registry.gauge("scheduler_schedules", described, () -> last.active, "state", "active");
    registry.gauge("scheduler_schedules", described, () -> last.all - last.active, "state", "idle");
    registry.gauge(
        "scheduler_schedules_overdue_seconds",
        "Time by which the first schedule that is due is late, 0 while none is",
        this::overdueSeconds);
  }

  /// Grows also where the leader does not look any more.
  private double overdueSeconds() {
    Look now = last;
    return now == NONE || now.active == 0
        ? 0
        : Math.max(0, (System.nanoTime() - now.nanos - now.untilNext.toNanos()) / 1e9);
  }

  @Override
  public void fired(FireOutcome outcome, Duration late) {
    boolean isLate = late.compareTo(CatchUp.ON_TIME) > 0;
    Outcome word =
        switch (outcome) {
          case FIRED, TRIGGERED, BACKFILLED -> isLate ? Outcome.LATE : Outcome.FIRED;
          case BUFFERED -> Outcome.BUFFERED;
          case SKIPPED -> Outcome.SKIPPED;
          case MISSED -> Outcome.MISSED;
          case FULL -> Outcome.FULL;
        };
    count(word, 1);
    if (outcome == FireOutcome.FIRED) {
      lateness.record(late.isNegative() ? Duration.ZERO : late);
    }
  }

  @Override
  public void missed(int instants) {
    count(Outcome.MISSED, instants);
  }

  private void count(Outcome outcome, int times) {
    Objects.requireNonNull(fires.get(outcome)).increment(times);
  }

  @Override
  public void looked(long all, long active, Duration untilNext) {
    last = new Look(all, active, untilNext, System.nanoTime());
  }

  @Override
  public void ended() {
    last = NONE;
  }
}
