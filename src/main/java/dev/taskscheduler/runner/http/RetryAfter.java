package dev.taskscheduler.runner.http;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,18}");

  private RetryAfter() {}

  /// How long to wait from `now`, a day at the most; empty if the header says nothing of use.
  static Optional<Duration> read(String value, Instant now) {
    String text = value.strip();
    Optional<Duration> wait =
        SECONDS.matcher(text).matches()
            ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
            : date(text).map(at -> Duration.between(now, at));
    return wait.filter(Duration::isPositive)
        .map(given -> given.compareTo(LONGEST) < 0 ? given : LONGEST);
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
