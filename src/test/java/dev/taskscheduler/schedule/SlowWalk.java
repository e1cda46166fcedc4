package dev.taskscheduler.schedule;

import dev.taskscheduler.schedule.ClockChange.Gap;
import dev.taskscheduler.schedule.ClockChange.Overlap;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;

/// The reference for planned instants: looks at each minute or second of a window, one by one. It
/// knows the offset at each instant and nothing else of a zone.
final class SlowWalk {
  /// No zone changes its offset twice within so long, and no local time comes again after so long.
  private static final long AWAY = 26 * 3600;

  private static final int DAY = 24 * 3600;

  private final ZoneRules rules;
  private final long from;
  private final long step;
  private final int[] offsets;
  private final int[] secondsOfDay;
  private final LocalDate[] dates;

  /// A planned instant, in seconds.
  record Fire(long at, Bend bend) {}

  /// @param from exclusive
  /// @param to inclusive
  /// @param step 1 or 60 seconds
  SlowWalk(ZoneId zone, long from, long to, int step) {
    this.rules = zone.getRules();
    this.from = from;
    this.step = step;
    int size = (int) ((to - from) / step) + 1;
    offsets = new int[size];
    secondsOfDay = new int[size];
    dates = new LocalDate[size];
    LocalDate date = LocalDate.EPOCH;
    for (int i = 0; i < size; i++) {
      long at = from + i * (long) step;
      offsets[i] = offset(at);
      long local = at + offsets[i];
      if (date.toEpochDay() != Math.floorDiv(local, DAY)) {
        date = LocalDate.ofEpochDay(Math.floorDiv(local, DAY));
      }
      dates[i] = date;
      secondsOfDay[i] = Math.floorMod(local, DAY);
    }
  }

  private int offset(long at) {
    return rules.getOffset(Instant.ofEpochSecond(at)).getTotalSeconds();
  }

  int steps() {
    return offsets.length - 1;
  }

  List<Fire> fires(RandomCron cron, ClockChange change) {
    List<Fire> fires = new ArrayList<>();
    LocalDate date = LocalDate.MIN;
    boolean day = false;
    for (int i = 1; i < offsets.length; i++) {
      if (!date.equals(dates[i])) {
        date = dates[i];
        day = cron.day().test(date);
      }
      int second = secondsOfDay[i];
      boolean matches =
          day
              && cron.minute().test(second / 60 % 60)
              && cron.hour().test(second / 3600)
              && cron.second().test(second % 60);
      long at = from + i * step;
      boolean isMoved = offsets[i] > offsets[i - 1] && movedHere(cron, change, i);
      if (matches) {
        Bend bend = bend(i);
        if (cron.runsThrough() || isMeant(bend, change.overlap())) {
          fires.add(new Fire(at, bend));
          continue;
        }
      }
      if (isMoved) {
        fires.add(new Fire(at, Bend.MOVED_AFTER_GAP));
      }
    }
    return fires;
  }

  /// Whether a local time that was left out just before this step matches.
  private boolean movedHere(RandomCron cron, ClockChange change, int i) {
    if (cron.runsThrough() || change.gap() == Gap.SKIP) {
      return false;
    }
    long at = from + i * step;
    for (long local = at + offsets[i - 1]; local < at + offsets[i]; local += step) {
      if (cron.matches(LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC))) {
        return true;
      }
    }
    return false;
  }

  private Bend bend(int i) {
    long at = from + i * step;
    for (long away : new long[] {-AWAY, AWAY}) {
      int other = offset(at + away);
      long twin = at + offsets[i] - other;
      if (other != offsets[i] && offset(twin) == other) {
        return twin < at ? Bend.SECOND_OF_TWO : Bend.FIRST_OF_TWO;
      }
    }
    return Bend.NONE;
  }

  private static boolean isMeant(Bend bend, Overlap overlap) {
    return switch (bend) {
      case FIRST_OF_TWO -> overlap != Overlap.SECOND;
      case SECOND_OF_TWO -> overlap != Overlap.FIRST;
      default -> true;
    };
  }

  LocalDateTime local(long at) {
    return LocalDateTime.of(
        dates[(int) ((at - from) / step)],
        LocalTime.ofSecondOfDay(secondsOfDay[(int) ((at - from) / step)]));
  }
}
