package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.spi.FencingToken;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Computes the next instant of a schedule anew, where it was computed by older time-zone rules
/// than those of this node. A node with older rules leaves it as it is.
final class NewTimeZoneRules {
  private static final System.Logger LOG = System.getLogger(NewTimeZoneRules.class.getName());
  private static final LuaScript SHOW = LuaScript.load(NewTimeZoneRules.class, "schedule-show");
  private static final LuaScript NEXT = LuaScript.load(NewTimeZoneRules.class, "schedule-next");

  private final ScriptCalls calls;

  NewTimeZoneRules(ScriptCalls calls) {
    this.calls = calls;
  }

  void apply(FencingToken token, String name) {
    List<?> answer = calls.list(SHOW, "head", name);
    Instant now = TaskRecordCodec.ofMicros(Long.parseLong(text(answer.getFirst())));
    answer.stream()
        .skip(1)
        .flatMap(shown -> StoredSchedule.read((List<?>) shown).stream())
        .forEach(stored -> apply(token, stored.view(), now));
  }

  private static Optional<Instant> next(ScheduleView schedule, Instant now) {
    Timing timing = schedule.settings().timing();
    return timing.interval().orElse(null) instanceof Interval.FixedDelay
        ? schedule.next() // it follows from the end of a run
        : timing.next(now).map(PlannedInstant::at);
  }

  private void apply(FencingToken token, ScheduleView schedule, Instant now) {
    Instant seen = schedule.next().orElse(now);
    if (!seen.isAfter(now)) {
      return; // it fires now, and the one after it follows from the newer rules
    }
    Optional<Instant> next;
    Optional<Instant> firesAt;
    try {
      next = next(schedule, now);
      firesAt = next.map(at -> FirePlanner.firesAt(schedule.name(), schedule.settings(), at));
    } catch (DateTimeException | ArithmeticException e) { // it is set aside when it is due
      LOG.log(Level.DEBUG, () -> "schedule cannot be planned name=" + schedule.name(), e);
      return;
    }
    if (!next.equals(schedule.next())) {
      LOG.log(
          Level.INFO,
          () ->
              "next instant of a schedule follows from newer time-zone rules name=%s from=%s to=%s"
                  .formatted(schedule.name(), seen, next.map(Instant::toString).orElse("none")));
    }
    calls.eval(
        NEXT,
        token,
        schedule.name(),
        schedule.generation(),
        seen.toEpochMilli(),
        TimeZones.RULES,
        RedisFires.ms(next),
        RedisFires.ms(firesAt));
  }
}
