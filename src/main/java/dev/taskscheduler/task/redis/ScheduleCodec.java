package dev.taskscheduler.task.redis;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.ClockChange;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads and writes what Redis holds of a schedule, as `schedule.lua` describes it.
final class ScheduleCodec {
  /// As many lines as settings can have.
  private static final int MOST_LINES = 64;

  private ScheduleCodec() {}

  /// Settings as lines, each `<name>=<value>`.
  static String write(ScheduleSettings settings) {
    Timing timing = settings.timing();
    List<String> lines = new ArrayList<>();
    timing.crons().forEach(cron -> lines.add("cron=" + cron.text()));
    timing
        .interval()
        .ifPresent(interval ->
            lines.add(
                switch (interval) {
                  case Interval.Every(Duration period) -> "every=" + period.toMillis();
                  case Interval.FixedDelay(Duration delay) -> "fixedDelay=" + delay.toMillis();
                }));
    timing.exclusions().forEach(cron -> lines.add("exclude=" + cron.text()));
    lines.add(
        (settings.startsAtCreation() ? "created=" : "startAt=") + timing.startAt().toEpochMilli());
    timing.endAt().ifPresent(end -> lines.add("endAt=" + end.toEpochMilli()));
    lines.add("timeZone=" + timing.zone().getId());
    lines.add("gap=" + timing.clockChange().gap());
    lines.add("clockOverlap=" + timing.clockChange().overlap());
    lines.add("overlap=" + settings.overlap());
    CatchUp catchUp = settings.catchUp();
    lines.add("within=" + catchUp.within().toMillis());
    lines.add("runs=" + catchUp.runs());
    lines.add("max=" + catchUp.max());
    lines.add("jitter=" + settings.jitter().toMillis());
    settings.remaining().ifPresent(most -> lines.add("remaining=" + most));
    return String.join("\n", lines);
  }

  /// @param name of the schedule, from which `H` in its expressions is made
  /// @throws IllegalArgumentException if the text is not one of [#write]
  static ScheduleSettings read(String name, String text) {
    List<CronExpression> crons = new ArrayList<>();
    List<CronExpression> exclusions = new ArrayList<>();
    Map<String, String> values = new HashMap<>();
    for (String line : text.split("\n", MOST_LINES)) {
      String[] pair = line.split("=", 2);
      String value = pair.length == 2 ? pair[1] : "";
      switch (pair[0]) {
        case "cron" -> crons.add(CronExpression.parse(value, name));
        case "exclude" -> exclusions.add(CronExpression.parse(value, name));
        default -> values.put(pair[0], value);
      }
    }
    boolean created = values.containsKey("created");
    Optional<Interval> interval =
        millis(values, "every")
            .<Interval>map(Interval.Every::new)
            .or(() -> millis(values, "fixedDelay").map(Interval.FixedDelay::new));
    Timing timing =
        new Timing(
            crons,
            interval,
            exclusions,
            Instant.ofEpochMilli(number(values, created ? "created" : "startAt")),
            instant(values, "endAt"),
            TimeZones.parse(value(values, "timeZone")),
            new ClockChange(
                ClockChange.Gap.valueOf(value(values, "gap")),
                ClockChange.Overlap.valueOf(value(values, "clockOverlap"))));
    return new ScheduleSettings(
        timing,
        created,
        OverlapPolicy.valueOf(value(values, "overlap")),
        new CatchUp(
            Duration.ofMillis(number(values, "within")),
            CatchUp.Runs.valueOf(value(values, "runs")),
            Integer.parseInt(value(values, "max"))),
        Duration.ofMillis(number(values, "jitter")),
        values.containsKey("remaining")
            ? OptionalInt.of(Integer.parseInt(value(values, "remaining")))
            : OptionalInt.empty());
  }

  private static String value(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the line " + name + " is missing");
    }
    return value;
  }

  private static long number(Map<String, String> values, String name) {
    return Long.parseLong(value(values, name));
  }

  private static Optional<Duration> millis(Map<String, String> values, String name) {
    return Optional.ofNullable(values.get(name)).map(Long::parseLong).map(Duration::ofMillis);
  }

  private static Optional<Instant> instant(Map<String, String> values, String name) {
    return Optional.ofNullable(values.get(name)).map(Long::parseLong).map(Instant::ofEpochMilli);
  }

  /// A task as a schedule's hash holds it: its priority, a space, and what a record holds.
  static byte[] task(NewTask task) {
    byte[] priority = (task.priority().wire() + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] body = TaskRecordCodec.body(task);
    byte[] all = Arrays.copyOf(priority, priority.length + body.length);
    System.arraycopy(body, 0, all, priority.length, body.length);
    return all;
  }

  /// @throws IllegalArgumentException if the bytes are not those of [#task]
  static NewTask task(byte[] text) {
    int space = find(text, ' ', 0);
    Priority priority =
        Priority.parse(new String(text, 0, space, StandardCharsets.US_ASCII))
            .orElseThrow(() -> new IllegalArgumentException("its task has no priority"));
    int line = find(text, '\n', space + 1);
    String head = new String(text, space + 1, line - space - 1, StandardCharsets.UTF_8);
    int typeEnd = head.indexOf(' ') < 0 ? head.length() : head.indexOf(' ');
    return new NewTask(
        priority,
        head.substring(0, typeEnd),
        Arrays.copyOfRange(text, line + 1, text.length),
        TaskOptionsCodec.read(head.substring(typeEnd)));
  }

  private static int find(byte[] text, char wanted, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == wanted) {
        return i;
      }
    }
    throw new IllegalArgumentException("its task cannot be read");
  }
}
