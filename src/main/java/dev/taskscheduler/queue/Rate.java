package dev.taskscheduler.queue;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A bound on the tasks of a queue that may start in a time: a token bucket. In any time `t` at
/// most `burst + starts * t / period` tasks start.
///
/// @param starts 1 to 1,000,000
/// @param period 1 ms to 1 day
public record Rate(int starts, Duration period) {
  /// What the text of a rate must be, for people.
  public static final String RULE =
      "a number of starts, 1 to 1000000, a slash and a duration from 1 ms to 1 day, such as"
          + " \"100/PT1M\"";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/(P[0-9A-Z.]{1,20})");
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MOST = 1_000_000;

  /// Reads `<starts>/<ISO-8601 duration>`; empty for any other text.
  public static Optional<Rate> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      Rate rate = new Rate(Integer.parseInt(matcher.group(1)), Duration.parse(matcher.group(2)));
      return Optional.of(rate)
          .filter(read -> read.starts >= 1 && read.starts <= MOST)
          .filter(read -> read.period.compareTo(LONGEST) <= 0 && read.period.toMillis() >= 1);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// As [#parse] reads it.
  @Override
  public String toString() {
    return starts + "/" + period;
  }
}
