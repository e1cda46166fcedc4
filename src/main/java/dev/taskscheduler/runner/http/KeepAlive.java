package dev.taskscheduler.runner.http;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads how long a target keeps a connection open.
final class KeepAlive {
  private static final Pattern TIMEOUT = Pattern.compile("(?i).*\\btimeout=(\\d{1,6})\\b.*");

  private KeepAlive() {}

  /// Up to [ConnectionPool#LONGEST]; a second less than what the header says, since it counts from
  /// the target's side.
  static Duration time(Optional<String> header) {
    Optional<Matcher> said = header.map(TIMEOUT::matcher).filter(Matcher::matches);
    return said.map(matcher -> Duration.ofSeconds(Long.parseLong(matcher.group(1)) - 1))
        .orElse(ConnectionPool.LONGEST);
  }
}
