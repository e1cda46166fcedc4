package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.submit.TemplateReader;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.ObjectReader;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.ClockChange;
import dev.taskscheduler.schedule.CronException;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.TaskTemplate;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.schedule.UnknownZoneException;
import dev.taskscheduler.task.NewTask;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of `PUT /schedules/{name}`, and of a preview, which needs no task.
final class ScheduleReader extends ObjectReader<ScheduleReader.Body> {
  private static final String FIELDS =
      "cron, every, fixedDelay, exclude, startAt, endAt, remaining, timeZone, clockChange, overlap,"
          + " catchUp, jitter, task";
  private static final String DURATION =
      "must be seconds as a number, or a duration such as \"15m\" or \"PT15M\"; ";
  private static final String TIME = "must be a time such as \"2026-11-23T08:55:00Z\" (RFC 3339)";
  private static final String CRON = "must be a cron expression, or a list of 1 to 20 of them";

  /// What was read.
  ///
  /// @param task empty where a preview has none
  record Body(ScheduleSettings settings, Optional<NewTask> task, byte[] taskJson) {
    NewSchedule schedule() {
      return new NewSchedule(settings, task.orElseThrow(), taskJson);
    }
  }

  private final byte[] body;
  private final String name;
  private final @Nullable TemplateReader templates;
  private final List<CronExpression> crons = new ArrayList<>();
  private final List<CronExpression> exclusions = new ArrayList<>();
  private Optional<Interval> interval = Optional.empty();
  private Optional<Instant> startAt = Optional.empty();
  private Optional<Instant> endAt = Optional.empty();
  private Optional<Integer> remaining = Optional.empty();
  private ZoneId zone = ZoneId.of("UTC");
  private ClockChange.Gap gap = ClockChange.DEFAULT.gap();
  private ClockChange.Overlap clockOverlap = ClockChange.DEFAULT.overlap();
  private OverlapPolicy overlap = OverlapPolicy.SKIP;
  private Duration within = CatchUp.DEFAULT.within();
  private CatchUp.Runs runs = CatchUp.DEFAULT.runs();
  private int max = CatchUp.DEFAULT.max();
  private Duration jitter = Duration.ZERO;
  private Optional<NewTask> task = Optional.empty();
  private byte[] taskJson = {};
  private boolean timed;
  private boolean taskSeen;
  private Optional<ScheduleSettings> settings = Optional.empty();

  /// @param body what the parser reads
  /// @param name of the schedule, from which `H` in its expressions is made
  /// @param templates null where no task is wanted
  ScheduleReader(JsonParser parser, byte[] body, String name, @Nullable TemplateReader templates) {
    super(parser);
    this.body = body;
    this.name = name;
    this.templates = templates;
  }

  /// The task of some fire, for the check of its payload.
  static NewTask fire(NewTask template) {
    return TaskTemplate.at(template, Instant.EPOCH);
  }

  @Override
  protected void field(String field, JsonToken value) {
    String pointer = FieldErrors.pointer(field);
    switch (field) {
      case "cron" -> {
        timed = true;
        crons(value, pointer, crons);
      }
      case "exclude" -> crons(value, pointer, exclusions);
      case "every" -> interval(value, pointer, Interval.Every::new);
      case "fixedDelay" -> interval(value, pointer, Interval.FixedDelay::new);
      case "startAt" -> startAt = checked(value, pointer, time(value), TIME);
      case "endAt" -> endAt = checked(value, pointer, time(value), TIME);
      case "remaining" -> remaining = whole(value, pointer, ScheduleSettings.MOST_REMAINING);
      case "timeZone" -> zone(value, pointer);
      case "clockChange" ->
          object(value, pointer, "gap, overlap", (inner, v) -> clockChange(inner, v, pointer));
      case "overlap" ->
          overlap = word(value, pointer, OverlapPolicy.values(), OverlapPolicy::wire, overlap);
      case "catchUp" ->
          object(value, pointer, "within, runs, max", (inner, v) -> catchUp(inner, v, pointer));
      case "jitter" ->
          jitter = time(value, pointer, ScheduleSettings.LONGEST_JITTER, "0 to 24 hours", jitter);
      case "task" -> task(value, pointer);
      default -> unknown(pointer, FIELDS);
    }
  }

  private void clockChange(String inner, JsonToken value, String parent) {
    String pointer = parent + FieldErrors.pointer(inner);
    switch (inner) {
      case "gap" -> gap = word(value, pointer, ClockChange.Gap.values(), JsonText::word, gap);
      case "overlap" ->
          clockOverlap =
              word(value, pointer, ClockChange.Overlap.values(), JsonText::word, clockOverlap);
      default -> unknown(pointer, "gap, overlap");
    }
  }

  private void catchUp(String inner, JsonToken value, String parent) {
    String pointer = parent + FieldErrors.pointer(inner);
    switch (inner) {
      case "within" -> within = time(value, pointer, CatchUp.LONGEST, "0 to 366 days", within);
      case "runs" -> runs = word(value, pointer, CatchUp.Runs.values(), JsonText::word, runs);
      case "max" -> max = whole(value, pointer, CatchUp.MOST_RUNS).orElse(max);
      default -> unknown(pointer, "within, runs, max");
    }
  }

  private void crons(JsonToken value, String pointer, List<CronExpression> into) {
    if (value == JsonToken.VALUE_STRING) {
      cron(parser.getString(), pointer, into);
    } else if (value == JsonToken.START_ARRAY) {
      int index = 0;
      for (JsonToken each = parser.nextToken();
          each != JsonToken.END_ARRAY;
          each = parser.nextToken()) {
        String at = pointer + "/" + index++;
        if (index > Timing.MOST) {
          parser.skipChildren();
        } else {
          Optional<String> text = checked(each, at, text(each), "must be a string");
          text.ifPresent(some -> cron(some, at, into));
        }
      }
      if (index == 0 || index > Timing.MOST) {
        errors.add(pointer, CRON);
      }
    } else {
      checked(value, pointer, Optional.empty(), CRON);
    }
  }

  private void cron(String text, String pointer, List<CronExpression> into) {
    try {
      into.add(CronExpression.parse(text, name));
    } catch (CronException e) {
      errors.add(pointer, "is wrong at position " + e.position() + ": " + e.getMessage());
    }
  }

  private void interval(JsonToken value, String pointer, Function<Duration, Interval> make) {
    timed = true;
    String rule = DURATION + "1 second to 3660 days";
    Optional<Interval> read =
        duration(value)
            .filter(time -> time.compareTo(Interval.SHORTEST) >= 0)
            .filter(time -> time.compareTo(Interval.LONGEST) <= 0)
            .map(time -> make.apply(Duration.ofMillis(time.toMillis())));
    Optional<Interval> checked = checked(value, pointer, read, rule);
    if (interval.isPresent() && checked.isPresent()) {
      errors.add(pointer, "cannot be combined with the other interval; leave one of them out");
    }
    interval = checked.or(() -> interval);
  }

  private Optional<Instant> time(JsonToken value) {
    return text(value)
        .flatMap(Rfc3339::time)
        .filter(time -> time.isAfter(Instant.EPOCH) && time.isBefore(Timing.END));
  }

  private Duration time(
      JsonToken value, String pointer, Duration most, String bounds, Duration usual) {
    Optional<Duration> read = duration(value).filter(time -> time.compareTo(most) <= 0);
    return checked(value, pointer, read, DURATION + bounds).orElse(usual);
  }

  private void zone(JsonToken value, String pointer) {
    Optional<String> text =
        checked(value, pointer, text(value), "must be a string such as \"Europe/Berlin\"");
    try {
      text.ifPresent(some -> zone = TimeZones.parse(some));
    } catch (UnknownZoneException e) {
      errors.add(pointer, String.valueOf(e.getMessage()));
    }
  }

  private <E extends Enum<E>> E word(
      JsonToken value, String pointer, E[] all, Function<E, String> wire, E usual) {
    Optional<E> read =
        text(value)
            .flatMap(word -> Stream.of(all).filter(e -> wire.apply(e).equals(word)).findFirst());
    String words = Arrays.stream(all).map(wire).collect(Collectors.joining(", "));
    return checked(value, pointer, read, "must be one of " + words).orElse(usual);
  }

  private void task(JsonToken value, String pointer) {
    taskSeen = true;
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    if (value != JsonToken.START_OBJECT) {
      errors.add(pointer, "must be an object as POST /submit takes it");
      return;
    }
    taskJson = Arrays.copyOfRange(body, from, (int) parser.currentLocation().getByteOffset());
    if (taskJson.length > NewSchedule.LONGEST_TASK) {
      errors.add(pointer, "must have at most " + NewSchedule.LONGEST_TASK + " bytes");
    } else if (templates != null) {
      FieldErrors inTask = new FieldErrors();
      task = templates.read(taskJson, pointer, inTask);
      inTask.all().forEach(error -> errors.add(error.pointer(), error.detail()));
    }
  }

  @Override
  protected void check() {
    if (!timed) {
      errors.add("", "needs cron, every or fixedDelay");
    }
    if (!taskSeen && templates != null) {
      errors.add("/task", "is missing; send what POST /submit takes");
    }
    if (!crons.isEmpty() && interval.orElse(null) instanceof Interval.FixedDelay) {
      errors.add("/fixedDelay", "cannot be combined with cron; leave one of them out");
    }
    if (startAt.isPresent() && endAt.isPresent() && endAt.get().isBefore(startAt.get())) {
      errors.add("/endAt", "must not be before startAt");
    }
    if (errors.none()) {
      settings = Optional.of(settings());
      if (settings.get().timing().first().isEmpty()) {
        errors.add("", "can never fire: endAt or exclude leaves no instant");
      }
    }
  }

  private ScheduleSettings settings() {
    Timing timing =
        new Timing(
            crons,
            interval,
            exclusions,
            startAt.orElse(Instant.EPOCH),
            endAt,
            zone,
            new ClockChange(gap, clockOverlap));
    return new ScheduleSettings(
        timing,
        startAt.isEmpty(),
        overlap,
        new CatchUp(within, runs, max),
        jitter,
        remaining.map(OptionalInt::of).orElse(OptionalInt.empty()));
  }

  @Override
  protected Body value() {
    return new Body(settings.orElseThrow(), task, taskJson);
  }
}
