package dev.taskscheduler.handlers.schedules;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.schedule.Bend;
import dev.taskscheduler.schedule.ClockChange;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.task.Task;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes schedules.
final class ScheduleJson {
  private ScheduleJson() {}

  /// What a list shows of a schedule.
  static void head(JsonGenerator json, ScheduleView schedule) {
    json.writeStringProperty("name", schedule.name());
    json.writeStringProperty("state", JsonText.word(schedule.state()));
    json.writeStringProperty("sentence", schedule.settings().timing().sentence());
    if (!schedule.group().isEmpty()) {
      json.writeStringProperty("group", schedule.group());
    }
    time(
        json, "next", schedule.state() == ScheduleState.ENDED ? Optional.empty() : schedule.next());
    schedule
        .pausedSince()
        .ifPresent(since -> {
          json.writeObjectPropertyStart("paused");
          json.writeStringProperty("since", JsonText.time(since));
          if (!schedule.note().isEmpty()) {
            json.writeStringProperty("note", JsonText.outside(schedule.note()));
          }
          json.writeEndObject();
        });
    if (!schedule.fault().isEmpty()) {
      json.writeStringProperty("fault", JsonText.outside(schedule.fault()));
    }
  }

  /// All of a schedule.
  ///
  /// @param records what it did, the newest first
  /// @param fired the tasks of these by their ids, as far as they are there
  static void write(
      JsonGenerator json,
      ScheduleView schedule,
      List<PlannedInstant> upcoming,
      List<FireRecord> records,
      Map<String, Task> fired) {
    head(json, schedule);
    time(json, "firesAt", schedule.firesAt());
    upcoming(json, upcoming);
    settings(json, schedule.settings());
    schedule.remaining().ifPresent(left -> json.writeNumberProperty("remaining", left));
    json.writeName("task");
    json.writeRawValue(new String(schedule.taskJson(), UTF_8));
    strings(json, "runs", schedule.runs());
    strings(json, "buffered", schedule.buffered().stream().map(JsonText::time).toList());
    json.writeArrayPropertyStart("records");
    for (FireRecord record : records) {
      write(json, record, record.task().flatMap(id -> Optional.ofNullable(fired.get(id))));
    }
    json.writeEndArray();
    json.writeStringProperty("createdAt", JsonText.time(schedule.created()));
    json.writeNumberProperty("generation", schedule.generation());
  }

  private static void time(JsonGenerator json, String name, Optional<Instant> time) {
    time.ifPresent(at -> json.writeStringProperty(name, JsonText.time(at)));
  }

  private static void strings(JsonGenerator json, String name, List<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  private static void settings(JsonGenerator json, ScheduleSettings settings) {
    Timing timing = settings.timing();
    if (!timing.crons().isEmpty()) {
      strings(json, "cron", timing.crons().stream().map(CronExpression::text).toList());
    }
    timing
        .interval()
        .ifPresent(interval -> {
          switch (interval) {
            case Interval.Every every ->
                json.writeStringProperty("every", every.period().toString());
            case Interval.FixedDelay fixed ->
                json.writeStringProperty("fixedDelay", fixed.delay().toString());
          }
        });
    if (!timing.exclusions().isEmpty()) {
      strings(json, "exclude", timing.exclusions().stream().map(CronExpression::text).toList());
    }
    if (!settings.startsAtCreation()) {
      json.writeStringProperty("startAt", JsonText.time(timing.startAt()));
    }
    time(json, "endAt", timing.endAt());
    json.writeStringProperty("timeZone", timing.zone().getId());
    ClockChange change = timing.clockChange();
    json.writeObjectPropertyStart("clockChange");
    json.writeStringProperty("gap", JsonText.word(change.gap()));
    json.writeStringProperty("overlap", JsonText.word(change.overlap()));
    json.writeEndObject();
    json.writeStringProperty("overlap", settings.overlap().wire());
    json.writeObjectPropertyStart("catchUp");
    json.writeStringProperty("within", settings.catchUp().within().toString());
    json.writeStringProperty("runs", JsonText.word(settings.catchUp().runs()));
    json.writeNumberProperty("max", settings.catchUp().max());
    json.writeEndObject();
    json.writeStringProperty("jitter", settings.jitter().toString());
  }

  /// Writes the member `upcoming`: planned instants in UTC and in the schedule's time zone.
  static void upcoming(JsonGenerator json, List<PlannedInstant> instants) {
    json.writeArrayPropertyStart("upcoming");
    for (PlannedInstant planned : instants) {
      json.writeStartObject();
      json.writeStringProperty("at", JsonText.time(planned.at()));
      json.writeStringProperty(
          "local", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(planned.local()));
      if (planned.bend() != Bend.NONE) {
        json.writeStringProperty("clockChange", word(planned.bend()));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String word(Bend bend) {
    return switch (bend) {
      case NONE -> "";
      case MOVED_AFTER_GAP -> "moved behind the gap: its local time does not exist on that day";
      case FIRST_OF_TWO -> "the first of two: its local time comes twice on that day";
      case SECOND_OF_TWO -> "the second of two: its local time comes twice on that day";
    };
  }

  private static void write(JsonGenerator json, FireRecord record, Optional<Task> task) {
    json.writeStartObject();
    json.writeStringProperty("planned", JsonText.time(record.planned()));
    json.writeStringProperty("at", JsonText.time(record.at()));
    json.writeStringProperty("outcome", JsonText.word(record.outcome()));
    record.task().ifPresent(id -> json.writeStringProperty("task", JsonText.outside(id)));
    task.ifPresent(found -> {
      json.writeStringProperty("state", found.state().named().wire());
      time(json, "finishedAt", found.state().ended());
    });
    if (record.missed() > 0) {
      json.writeNumberProperty("missed", record.missed());
    }
    json.writeEndObject();
  }
}
