package dev.taskscheduler.schedule;

import dev.taskscheduler.schedule.Interval.Every;
import dev.taskscheduler.schedule.Interval.FixedDelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The planned instants of a schedule in words.
final class TimingSentence {
  private TimingSentence() {}

  static String of(Timing timing) {
    List<String> whens = new ArrayList<>();
    timing.crons().forEach(cron -> whens.add(cron.sentence()));
    timing.interval().ifPresent(interval -> whens.add(interval(interval, timing)));
    StringBuilder text = new StringBuilder(String.join("; and ", whens));
    if (!timing.crons().isEmpty() || !timing.exclusions().isEmpty()) {
      text.append(", ").append(timing.zone().getId().replaceFirst("^Z$", "UTC"));
    }
    if (!timing.exclusions().isEmpty()) {
      List<String> excepts =
          timing.exclusions().stream().map(CronExpression::exclusionSentence).toList();
      text.append(", except ").append(String.join("; and ", excepts));
    }
    timing.endAt().ifPresent(end -> text.append(", until ").append(end));
    return text.toString();
  }

  private static String interval(Interval interval, Timing timing) {
    return switch (interval) {
      case Every(Duration period) -> Words.every(period) + ", counted from " + timing.startAt();
      case FixedDelay(Duration delay) ->
          Words.duration(delay)
              + " after the end of the last run, for the first time at "
              + timing.startAt();
    };
  }
}
