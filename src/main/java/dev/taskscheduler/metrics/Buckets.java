package dev.taskscheduler.metrics;

import java.time.Duration;
import java.util.Arrays;

/// The upper bounds of each histogram: about three a decade where its values are expected.
final class Buckets {
  static final Duration[] WAIT =
      ms(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000);
  static final Duration[] RUN =
      ms(1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000, 60_000, 600_000, 3_600_000);
  static final Duration[] REDIS =
      ms(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000);
  static final Duration[] HTTP =
      ms(0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000);

  private Buckets() {}

  private static Duration[] ms(double... bounds) {
    return Arrays.stream(bounds)
        .mapToObj(bound -> Duration.ofNanos((long) (bound * 1e6)))
        .toArray(Duration[]::new);
  }
}
