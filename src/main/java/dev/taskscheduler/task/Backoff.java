package dev.taskscheduler.task;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// The wait after a failed attempt: exponential, with full jitter (Brooker, "Exponential Backoff
/// And Jitter", 2015). So tasks that failed together are not retried together.
///
/// @param base the longest wait after the first failure, 1 ms to a day
/// @param cap no wait is longer, 1 ms to a day; not below base
/// @param factor by which the longest wait grows with each failure, 1 to 100
public record Backoff(Duration base, Duration cap, double factor) {
  /// The longest wait that can be asked for.
  public static final Duration LONGEST = Duration.ofDays(1);

  public static final double MOST_FACTOR = 100;

  public Backoff {
    if (base.toMillis() < 1 || cap.compareTo(base) < 0 || cap.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("1 ms <= base <= cap <= 1d, was " + base + " and " + cap);
    }
    if (!(factor >= 1 && factor <= MOST_FACTOR)) {
      throw new IllegalArgumentException("factor must be 1 to 100, was " + factor);
    }
  }

  /// This backoff with what a task asks for: a base beyond this cap lifts the cap, a cap under this
  /// base lowers the base.
  public Backoff with(TaskOptions asked) {
    Duration first = asked.get(TaskOption.BACKOFF_BASE).map(Backoff::bounded).orElse(base);
    Duration most = asked.get(TaskOption.BACKOFF_CAP).map(Backoff::bounded).orElse(cap);
    if (most.compareTo(first) < 0) { // one of them is not the task's: that one gives way
      first = asked.has(TaskOption.BACKOFF_BASE) ? first : most;
      most = first;
    }
    return new Backoff(first, most, asked.get(TaskOption.BACKOFF_FACTOR).orElse(factor));
  }

  /// What stands in Redis may be anything.
  private static Duration bounded(Duration wait) {
    return Duration.ofMillis(Math.clamp(wait.toMillis(), 1, LONGEST.toMillis()));
  }

  /// A wait after a failure, between nothing and its bound.
  ///
  /// @param failures so far, 1 or more
  public Duration after(int failures, RandomGenerator random) {
    return Duration.ofMillis(random.nextLong(most(failures).toMillis() + 1));
  }

  /// The longest wait after a failure.
  ///
  /// @param failures so far, 1 or more
  public Duration most(int failures) {
    double ms = base.toMillis() * Math.pow(factor, failures - 1.0);
    return ms >= cap.toMillis() ? cap : Duration.ofMillis((long) ms);
  }
}
