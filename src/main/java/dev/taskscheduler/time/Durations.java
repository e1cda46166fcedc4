package dev.taskscheduler.time;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses durations such as `500ms`, `90s`, `1h30m`, `7d`, `0`, or in ISO-8601 `PT1M30S`, `P2W`.
public final class Durations {
  private static final int LONGEST = 40; // characters
  private static final Pattern WEEKS = Pattern.compile("[Pp](\\d{1,4})[Ww]"); // the JDK knows none
  private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + ")+");

  private Durations() {}

  /// Parses a duration; empty for other text and for a negative or too long duration.
  public static Optional<Duration> parse(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    Matcher weeks = WEEKS.matcher(text);
    if (weeks.matches()) {
      return Optional.of(Duration.ofDays(7L * Integer.parseInt(weeks.group(1))));
    }
    try {
      if (text.startsWith("P") || text.startsWith("p")) {
        return Optional.of(Duration.parse(text)).filter(duration -> !duration.isNegative());
      }
      return WHOLE.matcher(text).matches() ? Optional.of(sum(text)) : Optional.empty();
    } catch (DateTimeParseException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Duration sum(String text) {
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      long amount = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
    }
    return sum;
  }
}
