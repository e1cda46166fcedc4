package dev.taskscheduler.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Shows times for people.
final class Times {
  private Times() {}

  /// A time of an answer without its fraction of a second.
  static String shown(String time) {
    return time.replaceAll("\\.\\d+Z$", "Z");
  }

  /// The time since then in its largest two units, such as `2h05m`; empty if it is no time.
  static String since(String time, Instant now) {
    return parse(time).map(then -> span(Duration.between(then, now))).orElse("");
  }

  private static Optional<Instant> parse(String time) {
    try {
      return time.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(time));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String span(Duration given) {
    Duration span = given.isNegative() ? Duration.ZERO : given; // clocks differ
    if (span.toDays() > 0) {
      return span.toDays() + "d" + two(span.toHoursPart()) + "h";
    }
    if (span.toHours() > 0) {
      return span.toHours() + "h" + two(span.toMinutesPart()) + "m";
    }
    return span.toMinutes() > 0
        ? span.toMinutes() + "m" + two(span.toSecondsPart()) + "s"
        : span.toSeconds() + "s";
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : "" + number;
  }
}
