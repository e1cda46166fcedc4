package dev.taskscheduler.handlers.wire;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads times, and durations in seconds, as requests write them.
public final class Rfc3339 {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");
  private static final double MOST_SECONDS = 1e10;

  private Rfc3339() {}

  /// A time as RFC 3339 has it, any offset; empty for any other text.
  public static Optional<Instant> time(String text) {
    try {
      return RFC_3339.matcher(text).matches()
          ? Optional.of(OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant())
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Seconds, to the millisecond; empty for a negative number and one that is no duration.
  public static Optional<Duration> seconds(double seconds) {
    return seconds >= 0 && seconds <= MOST_SECONDS
        ? Optional.of(Duration.ofMillis(Math.round(seconds * 1000)))
        : Optional.empty();
  }
}
