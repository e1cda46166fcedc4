package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.BackoffOverride;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.RetryPolicy;
import dev.taskscheduler.task.StartTime;
import dev.taskscheduler.task.TaskOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/// A task's options as its record holds them behind the type: each a space, a letter, an equals
/// sign and a value; nothing at all for a task that is run as usual. `docs/data.md` lists the
/// letters.
final class TaskOptionsCodec {
  private static final System.Logger LOG = System.getLogger(TaskOptionsCodec.class.getName());

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int SHOWN = 100;
  private static final AtomicLong LOG_FROM = new AtomicLong(System.nanoTime());
  private static final AtomicLong UNLOGGED = new AtomicLong();

  /// Bytes that hold any options.
  static final int LONGEST = 3000;

  private TaskOptionsCodec() {}

  static String write(TaskOptions options) {
    if (options == TaskOptions.NONE) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    switch (options.due()) {
      case StartTime.Now() -> {}
      case StartTime.After(Duration delay) -> text.append(" d=").append(delay.toMillis());
      case StartTime.At(Instant time) ->
          text.append(" r=").append(Math.max(0, time.toEpochMilli()));
    }
    options.retry().maxAttempts().ifPresent(most -> text.append(" a=").append(most));
    if (!options.retry().backoff().equals(BackoffOverride.USUAL)) {
      write(text.append(" b="), options.retry().backoff());
    }
    options.timeout().ifPresent(time -> text.append(" t=").append(time.toMillis()));
    options.expiresAt().ifPresent(time -> text.append(" x=").append(time.toEpochMilli()));
    options.retention().ifPresent(time -> text.append(" k=").append(time.toMillis()));
    options.uniqueKey().ifPresent(hash -> text.append(" u=").append(hash));
    options.traceparent().ifPresent(trace -> text.append(" p=").append(trace));
    options
        .callback()
        .ifPresent(
            call -> text.append(" c=").append(letter(call.when())).append(',').append(call.url()));
    return text.toString();
  }

  /// A part that was not asked for is empty.
  private static void write(StringBuilder text, BackoffOverride backoff) {
    backoff.base().ifPresent(base -> text.append(base.toMillis()));
    text.append(',');
    backoff.cap().ifPresent(cap -> text.append(cap.toMillis()));
    text.append(',');
    backoff.factor().ifPresent(text::append);
  }

  private static char letter(Callback.When when) {
    return switch (when) {
      case SUCCESS -> 's';
      case FAILURE -> 'f';
      case BOTH -> 'b';
    };
  }

  /// @param text as [#write] gave it; what it does not know or cannot read is passed over: a task
  ///   that nobody can claim would end each leadership in turn
  static TaskOptions read(String text) {
    TaskOptions read = TaskOptions.NONE;
    int unread = 0;
    String first = "";
    for (String option : text.strip().split(" ", -1)) {
      if (option.length() > 2) {
        try {
          read = with(read, option.charAt(0), option.substring(2));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
          first = unread++ == 0 ? option : first;
        }
      }
    }
    if (unread > 0) {
      tell(unread, first);
    }
    return read;
  }

  /// Tells of the first of some, seldom: a record is read at each look at it.
  private static void tell(int unread, String first) {
    long count = UNLOGGED.addAndGet(unread);
    long from = LOG_FROM.get();
    long now = System.nanoTime();
    if (now - from >= 0 && LOG_FROM.compareAndSet(from, now + BETWEEN_LINES.toNanos())) {
      UNLOGGED.addAndGet(-count);
      String shown = first.substring(0, Math.min(first.length(), SHOWN));
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "options not understood count=" + count + " first=" + shown);
    }
  }

  private static TaskOptions with(TaskOptions read, char letter, String value) {
    return switch (letter) {
      case 'd' -> read.due(new StartTime.After(ms(value)));
      case 'r' -> read.due(new StartTime.At(Instant.ofEpochMilli(Long.parseLong(value))));
      case 'a' ->
          read.retry(
              new RetryPolicy(OptionalInt.of(Integer.parseInt(value)), read.retry().backoff()));
      case 'b' ->
          read.retry(new RetryPolicy(read.retry().maxAttempts(), backoff(value.split(",", 3))));
      case 't' -> read.timeout(ms(value));
      case 'x' -> read.expiresAt(Instant.ofEpochMilli(Long.parseLong(value)));
      case 'k' -> read.retention(ms(value));
      case 'u' -> read.uniqueKey(value);
      case 'p' -> read.traceparent(value);
      case 'c' -> read.callback(new Callback(when(value.charAt(0)), value.substring(2)));
      default -> read; // a newer node's
    };
  }

  private static Callback.When when(char letter) {
    return switch (letter) {
      case 's' -> Callback.When.SUCCESS;
      case 'f' -> Callback.When.FAILURE;
      default -> Callback.When.BOTH;
    };
  }

  private static Duration ms(String value) {
    return Duration.ofMillis(Long.parseLong(value));
  }

  private static BackoffOverride backoff(String[] parts) {
    return new BackoffOverride(
        part(parts[0]).map(TaskOptionsCodec::ms),
        part(parts[1]).map(TaskOptionsCodec::ms),
        part(parts[2]).stream().mapToDouble(Double::parseDouble).findFirst());
  }

  private static Optional<String> part(String text) {
    return Optional.of(text).filter(some -> !some.isEmpty());
  }
}
