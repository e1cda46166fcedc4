package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.Due;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// A task's options as its record holds them behind the type: each a space, a letter, an equals
/// sign and a value; nothing at all for a task that is run as usual. `docs/data.md` lists the
/// letters.
final class OptionText {
  /// Bytes that hold any options.
  static final int LONGEST = 400;

  private OptionText() {}

  static String write(TaskOptions options) {
    if (options == TaskOptions.NONE) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    switch (options.due()) {
      case Due.Now() -> {}
      case Due.After(Duration delay) -> text.append(" d=").append(delay.toMillis());
      case Due.At(Instant time) -> text.append(" r=").append(Math.max(0, time.toEpochMilli()));
    }
    options.maxAttempts().ifPresent(most -> text.append(" a=").append(most));
    options
        .backoff()
        .ifPresent(backoff ->
            text.append(" b=")
                .append(backoff.base().toMillis())
                .append(',')
                .append(backoff.cap().toMillis())
                .append(',')
                .append(backoff.factor()));
    options.timeout().ifPresent(time -> text.append(" t=").append(time.toMillis()));
    options.expiresAt().ifPresent(time -> text.append(" x=").append(time.toEpochMilli()));
    return text.toString();
  }

  /// @param text as [#write] gave it; what it does not know is passed over
  static TaskOptions read(String text) {
    if (text.isEmpty()) {
      return TaskOptions.NONE;
    }
    Due due = Due.NOW;
    OptionalInt maxAttempts = OptionalInt.empty();
    Optional<Backoff> backoff = Optional.empty();
    Optional<Duration> timeout = Optional.empty();
    Optional<Instant> expiresAt = Optional.empty();
    for (String option : text.strip().split(" ", -1)) {
      String value = option.substring(Math.min(2, option.length()));
      switch (option.isEmpty() ? ' ' : option.charAt(0)) {
        case 'd' -> due = new Due.After(Duration.ofMillis(Long.parseLong(value)));
        case 'r' -> due = new Due.At(Instant.ofEpochMilli(Long.parseLong(value)));
        case 'a' -> maxAttempts = OptionalInt.of(Integer.parseInt(value));
        case 'b' -> backoff = Optional.of(backoff(value.split(",", 3)));
        case 't' -> timeout = Optional.of(Duration.ofMillis(Long.parseLong(value)));
        case 'x' -> expiresAt = Optional.of(Instant.ofEpochMilli(Long.parseLong(value)));
        default -> {} // a newer node's
      }
    }
    return new TaskOptions(due, maxAttempts, backoff, timeout, expiresAt);
  }

  private static Backoff backoff(String[] parts) {
    return new Backoff(
        Duration.ofMillis(Long.parseLong(parts[0])),
        Duration.ofMillis(Long.parseLong(parts[1])),
        Double.parseDouble(parts[2]));
  }
}
