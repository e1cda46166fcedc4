package dev.taskscheduler.task.redis;

import dev.taskscheduler.schedule.Jitter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The planned instants of a schedule of [ScheduleModel], in ms: found by walking, in UTC.
///
/// @param hours of these the crons fire, each at its minute: every hour that its step divides
record ScheduleInstants(
    List<Hours> hours,
    Optional<Long> every,
    Optional<Long> fixedDelay,
    long startAt,
    Optional<Long> endAt,
    long jitter) {
  private static final long HOUR = 3_600_000;

  /// A cron expression: at a minute of each hour that `step`, a divisor of 24, divides.
  record Hours(int minute, int step) {
    String cron() {
      return minute + " */" + step + " * * *";
    }

    long next(long after) {
      long hour = Math.floorDiv(after, HOUR);
      while (hour % step != 0 || hour * HOUR + minute * 60_000L <= after) {
        hour++;
      }
      return hour * HOUR + minute * 60_000L;
    }
  }

  /// The first strictly after another; of a fixed delay the very first one.
  Optional<Long> next(long after) {
    long from = Math.max(after, startAt - 1);
    Optional<Long> next = fixedDelay.filter(_ -> after < startAt).map(_ -> startAt);
    next = earlier(next, every.map(ms -> startAt + Math.floorDiv(from - startAt, ms) * ms + ms));
    for (Hours each : hours) {
      next = earlier(next, Optional.of(each.next(from)));
    }
    return next.filter(this::isInTime);
  }

  private static Optional<Long> earlier(Optional<Long> one, Optional<Long> other) {
    return one.isEmpty() || other.isPresent() && other.get() < one.get() ? other : one;
  }

  private boolean isInTime(long at) {
    return endAt.isEmpty() || at <= endAt.get();
  }

  /// The next one of a fixed delay.
  Optional<Long> afterRun(long ended) {
    return fixedDelay.map(ms -> Math.max(startAt, ended + ms)).filter(this::isInTime);
  }

  /// Where one stands that is put at a time.
  Optional<Long> nextFrom(long time) {
    return next(time).or(() -> afterRun(time));
  }

  /// When an instant fires.
  long fires(String name, long planned) {
    long most = Math.min(jitter, next(planned).map(at -> at - planned).orElse(jitter));
    return planned
        + Jitter.of(name, java.time.Instant.ofEpochMilli(planned), Duration.ofMillis(most))
            .toMillis();
  }
}
