package dev.taskscheduler.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Says in a sentence or two what a schedule did, or will do, at an instant, and why.
public final class ScheduleExplanation {
  private final ScheduleView schedule;
  private final List<FireRecord> records;
  private final Instant at;
  private final Instant now;

  private ScheduleExplanation(
      ScheduleView schedule, List<FireRecord> records, Instant at, Instant now) {
    this.schedule = schedule;
    this.records = records;
    this.at = at;
    this.now = now;
  }

  /// @param records of the schedule, the newest first
  /// @param at the instant that is asked for
  /// @param now the time of Redis's clock
  public static String explain(
      ScheduleView schedule, List<FireRecord> records, Instant at, Instant now) {
    return new ScheduleExplanation(schedule, records, at, now).text();
  }

  private String text() {
    return records.stream()
        .filter(record -> record.planned().equals(at))
        .filter(record -> record.outcome() != FireOutcome.TRIGGERED)
        .findFirst()
        .map(this::recorded)
        .or(this::notPlanned)
        .or(this::ahead)
        .or(this::missed)
        .orElseGet(this::unknown);
  }

  private String recorded(FireRecord record) {
    String overlap = schedule.settings().overlap().wire();
    return switch (record.outcome()) {
      case FIRED, TRIGGERED ->
          "It fired at %s, %s after its planned instant%s."
              .formatted(record.at(), lateness(record), task(record));
      case BACKFILLED -> "It was backfilled at %s%s.".formatted(record.at(), task(record));
      case BUFFERED ->
          schedule.buffered().contains(at)
              ? "It waits for the end of a run that had not ended (overlap is %s)."
                  .formatted(overlap)
              : "It waited for the end of an earlier run (overlap is %s).".formatted(overlap);
      case SKIPPED ->
          ("It was skipped: an earlier run had not ended, and overlap is %s. Choose bufferOne,"
                  + " bufferAll or allow, or make runs shorter.")
              .formatted(overlap);
      case MISSED -> missedSince(record.at());
      case FULL -> "It could not fire: too many tasks were pending. It is tried again.";
    };
  }

  private static String lateness(FireRecord record) {
    return Duration.between(record.planned(), record.at()).toString();
  }

  private static String task(FireRecord record) {
    return record.task().map(id -> ", as task " + id).orElse("");
  }

  private Optional<String> notPlanned() {
    Timing timing = schedule.settings().timing();
    Optional<Instant> next = timing.next(at.minusMillis(1)).map(PlannedInstant::at);
    if (next.equals(Optional.of(at))) {
      return Optional.empty();
    }
    if (timing.interval().orElse(null) instanceof Interval.FixedDelay) {
      return Optional.of(
          "Nothing is recorded of it. Its instants follow from the ends of its runs (fixedDelay).");
    }
    if (at.isBefore(timing.startAt()) && schedule.settings().startsAtCreation()) {
      return Optional.of(createdLater());
    }
    if (at.isBefore(timing.startAt())) {
      return Optional.of("It starts later, at %s.".formatted(timing.startAt()));
    }
    if (timing.endAt().filter(at::isAfter).isPresent()) {
      return Optional.of("It ended before, at %s.".formatted(timing.endAt().orElseThrow()));
    }
    boolean excluded =
        timing
            .withExclusions(List.of())
            .next(at.minusMillis(1))
            .filter(planned -> planned.at().equals(at))
            .isPresent();
    return Optional.of(
        (excluded ? "An exclusion leaves this instant out." : "This is no planned instant.")
            + next.map(" The next one is %s."::formatted).orElse(" None comes after it."));
  }

  private Optional<String> ahead() {
    if (!at.isAfter(now)) {
      return Optional.empty();
    }
    String when = "It lies ahead";
    return Optional.of(
        switch (schedule.state()) {
          case ACTIVE -> when + ", and fires then.";
          case PAUSED -> when + ". The schedule is paused" + note() + ": it fires once resumed.";
          case ENDED -> when + ". The schedule has made all its fires: it will not fire.";
          case FAULTY -> when + ". The schedule could not fire: " + schedule.fault() + ".";
        });
  }

  private String note() {
    return schedule.pausedSince().map(since -> " since " + since).orElse("")
        + (schedule.note().isEmpty() ? "" : " (" + schedule.note() + ")");
  }

  private String createdLater() {
    return "The schedule was created later, at %s.".formatted(schedule.created());
  }

  /// It has passed. It was missed if a record of a later instant says that some were.
  private Optional<String> missed() {
    if (at.isBefore(schedule.created())) {
      return Optional.of(createdLater());
    }
    Optional<FireRecord> after =
        records.reversed().stream()
            .filter(record -> record.outcome() != FireOutcome.TRIGGERED)
            .filter(record -> record.planned().isAfter(at))
            .findFirst();
    if (after.filter(record -> record.missed() > 0).isPresent()) {
      return Optional.of(missedSince(after.get().at()));
    }
    return schedule.state() == ScheduleState.PAUSED
        ? Optional.of("The schedule is paused" + note() + ". Its catchUp decides once resumed.")
        : Optional.empty();
  }

  private String missedSince(Instant decided) {
    CatchUp catchUp = schedule.settings().catchUp();
    return ("It was missed: nothing could fire then (no leader, Redis away, or paused), and at %s its"
            + " catchUp (within %s, runs %s) left it out.")
        .formatted(decided, catchUp.within(), catchUp.runs().name().toLowerCase(Locale.ROOT));
  }

  private String unknown() {
    return schedule.next().filter(next -> !next.isAfter(at)).isPresent()
        ? "It is due, and has not fired yet: "
            + (schedule.fault().isEmpty()
                ? "the leader comes to it, once there is one."
                : schedule.fault() + ".")
        : "Nothing is recorded of it: the last %d records begin later, or the schedule was changed."
            .formatted(Schedules.MOST_RECORDS);
  }
}
