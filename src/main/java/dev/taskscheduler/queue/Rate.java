package dev.taskscheduler.queue;

import dev.taskscheduler.time.Durations;
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
          + " \"100/1m\"";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/(.{1,40})");
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MOST = 1_000_000;

  /// Reads `<starts>/<duration>`, such as `100/1m`; empty for any other text.
  public static Optional<Rate> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int starts = Integer.parseInt(matcher.group(1));
    return Durations.parse(matcher.group(2))
        .map(period -> new Rate(starts, period))
        .filter(read -> read.starts >= 1 && read.starts <= MOST)
        .filter(read -> read.period.compareTo(LONGEST) <= 0 && read.period.toMillis() >= 1);
  }

  /// As [#parse] reads it.
  @Override
  public String toString() {
    return starts + "/" + period;
  }
}
