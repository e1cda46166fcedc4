package dev.taskscheduler.runner.http;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date in one of the three
/// forms of section 5.6.7.
final class RetryAfter {
  private static final Duration MAX_WAIT = Duration.ofDays(1);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,18}");
  private static final int CENTURY = 100;
  private static final int FUTURE_YEARS = 50; // a two-digit year beyond this is in the past
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US);

  private RetryAfter() {}

  /// How long to wait from `now`, at most a day; empty if the header gives no future time.
  static Optional<Duration> read(String value, Instant now) {
    String text = value.strip();
    Optional<Duration> wait =
        SECONDS.matcher(text).matches()
            ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
            : date(text, now).map(at -> Duration.between(now, at));
    return wait.filter(Duration::isPositive)
        .map(duration -> duration.compareTo(MAX_WAIT) < 0 ? duration : MAX_WAIT);
  }

  private static Optional<Instant> date(String text, Instant now) {
    for (DateTimeFormatter format :
        List.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), ASCTIME)) {
      try {
        return Optional.of(LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC));
      } catch (DateTimeParseException e) {
        continue; // the next format may match
      }
    }
    return Optional.empty();
  }

  private static DateTimeFormatter rfc850(Instant now) {
    int last = now.atOffset(ZoneOffset.UTC).getYear() + FUTURE_YEARS;
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, last - CENTURY + 1)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US);
  }
}
