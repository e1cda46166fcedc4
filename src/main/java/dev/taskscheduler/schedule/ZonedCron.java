package dev.taskscheduler.schedule;

import dev.taskscheduler.schedule.ClockChange.Gap;
import dev.taskscheduler.schedule.ClockChange.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A cron expression in a time zone: turns matching local times into instants.
///
/// A zone is a row of stretches, each with one offset, and a clock change between each two. Inside
/// a stretch, local times and instants run alike. So the search walks the matching local times of
/// one stretch, looks at the clock change at its end, and goes on in the next stretch. In this way
/// instants always grow, although local times go back where clocks do.
record ZonedCron(CronExpression cron, ZoneId zone, ClockChange change) {
  /// More than two offsets differ by: a local time that is so much later is a later instant too.
  private static final Duration FAR = Duration.ofHours(48);

  private static final Instant END =
      LocalDateTime.of(CronExpression.LAST_YEAR + 1, 1, 3, 0, 0).toInstant(ZoneOffset.UTC);

  /// The first planned instant strictly after another.
  ///
  /// @return empty if there is none up to the end of [CronExpression#LAST_YEAR]
  Optional<PlannedInstant> next(Instant after) {
    ZoneRules rules = zone.getRules();
    Instant from = after;
    ZoneOffset offset = rules.getOffset(from);
    LocalDateTime start = LocalDateTime.ofEpochSecond(from.getEpochSecond(), 0, offset);
    while (from.isBefore(END)) {
      Optional<LocalDateTime> local = cron.nextLocal(start);
      ZoneOffsetTransition transition = rules.nextTransition(from);
      Optional<PlannedInstant> found = inStretch(rules, offset, local, transition);
      if (found.isPresent() || transition == null) {
        return found;
      }
      if (transition.getInstant().isAfter(from.plus(FAR))) {
        if (local.isEmpty()) {
          return Optional.empty();
        }
        Instant shortBefore = local.get().toInstant(ZoneOffset.UTC).minus(FAR);
        if (shortBefore.isAfter(transition.getInstant())) { // nothing matches until then
          from = shortBefore;
          offset = rules.getOffset(from);
          start = LocalDateTime.ofEpochSecond(from.getEpochSecond(), 0, offset);
          continue;
        }
      }
      Optional<PlannedInstant> moved = afterGap(transition);
      if (moved.isPresent()) {
        return moved;
      }
      from = transition.getInstant();
      offset = transition.getOffsetAfter();
      start = transition.getDateTimeAfter().minusSeconds(1); // its first second may match
    }
    return Optional.empty();
  }

  /// The first local time, from one that matches, that is meant and lies before the clock change.
  ///
  /// @param first may lie after it
  private Optional<PlannedInstant> inStretch(
      ZoneRules rules,
      ZoneOffset offset,
      Optional<LocalDateTime> first,
      @Nullable ZoneOffsetTransition end) {
    Optional<LocalDateTime> next = first;
    while (next.isPresent() && (end == null || next.get().isBefore(end.getDateTimeBefore()))) {
      LocalDateTime local = next.get();
      ZoneOffsetTransition around = rules.getTransition(local);
      if (around == null) {
        return Optional.of(planned(local.toInstant(offset), Bend.NONE));
      }
      boolean isFirst = offset.equals(around.getOffsetBefore());
      if (isMeant(isFirst)) {
        return Optional.of(
            planned(local.toInstant(offset), isFirst ? Bend.FIRST_OF_TWO : Bend.SECOND_OF_TWO));
      }
      next = cron.nextLocal(around.getDateTimeBefore().minusSeconds(1)); // past the overlap
    }
    return Optional.empty();
  }

  private boolean isMeant(boolean first) {
    return cron.runsThrough()
        || change.overlap() == Overlap.BOTH
        || (change.overlap() == Overlap.FIRST) == first;
  }

  /// The first instant after a gap, if a local time that matches lies in it.
  private Optional<PlannedInstant> afterGap(ZoneOffsetTransition transition) {
    if (!transition.isGap() || cron.runsThrough() || change.gap() == Gap.SKIP) {
      return Optional.empty();
    }
    LocalDateTime after = transition.getDateTimeAfter();
    return cron.nextLocal(transition.getDateTimeBefore().minusSeconds(1))
        .filter(local -> local.isBefore(after))
        .map(_ ->
            planned(
                transition.getInstant(), cron.firesAt(after) ? Bend.NONE : Bend.MOVED_AFTER_GAP));
  }

  private PlannedInstant planned(Instant at, Bend bend) {
    return new PlannedInstant(at, at.atZone(zone), bend);
  }
}
