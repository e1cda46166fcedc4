package dev.taskscheduler.conf;

import dev.taskscheduler.runner.http.HttpRunner;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.RetryPolicy;
import dev.taskscheduler.task.TaskOption;
import java.time.Duration;
import java.util.Map;

/// Reads how failed attempts are retried. A setting that is given holds for all types; where it is
/// not, types that send requests are retried for hours, so that a deploy of the receiver does not
/// kill their tasks.
final class RetrySettings {
  private static final String ATTEMPTS = "MAX_ATTEMPTS";
  private static final String BASE = "RETRY_BACKOFF";
  private static final String CAP = "RETRY_BACKOFF_MAX";
  private static final String FACTOR = "RETRY_BACKOFF_FACTOR";

  private static final int REQUEST_ATTEMPTS = 12;
  private static final Backoff REQUEST_BACKOFF =
      new Backoff(Duration.ofSeconds(5), Duration.ofHours(1), 3);

  private RetrySettings() {}

  static RetryDefaults read(Settings settings) {
    int attempts = (int) settings.number(ATTEMPTS, 5, 1, TaskOption.MOST_ATTEMPTS);
    RetryPolicy usual = new RetryPolicy(attempts, backoff(settings));
    RetryPolicy requests =
        new RetryPolicy(
            settings.given(ATTEMPTS) ? attempts : REQUEST_ATTEMPTS,
            requestBackoff(settings, usual.backoff()));
    return new RetryDefaults(usual, Map.of(HttpRunner.TYPE, requests, Callback.TYPE, requests));
  }

  private static Backoff backoff(Settings settings) {
    Duration base = settings.duration(BASE, "1s", "1ms", "24h");
    Duration cap = settings.duration(CAP, "10m", "1ms", "24h");
    long factor = settings.number(FACTOR, 2, 1, (long) Backoff.MOST_FACTOR);
    if (cap.compareTo(base) < 0) {
      settings.fault(CAP, cap.toMillis() + "ms", "no less than RETRY_BACKOFF, " + base);
      return new Backoff(base, base, factor);
    }
    return new Backoff(base, cap, factor);
  }

  /// A default that does not fit to a setting that is given gives way to it.
  private static Backoff requestBackoff(Settings settings, Backoff usual) {
    Duration base = settings.given(BASE) ? usual.base() : REQUEST_BACKOFF.base();
    Duration cap = settings.given(CAP) ? usual.cap() : REQUEST_BACKOFF.cap();
    double factor = settings.given(FACTOR) ? usual.factor() : REQUEST_BACKOFF.factor();
    if (cap.compareTo(base) < 0) {
      base = settings.given(BASE) ? base : cap;
      cap = base;
    }
    return new Backoff(base, cap, factor);
  }
}
