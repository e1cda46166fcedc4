package dev.taskscheduler.schedule;

import dev.taskscheduler.schedule.ValueSet.Run;
import java.util.ArrayList;
import java.util.List;

/// A cron expression in words, by the values that its fields hold and not by how they were written.
final class CronSentence {
  private static final int MOST_TIMES = 8;
  private static final int MOST_WINDOWS = 3;

  private final ValueSet seconds;
  private final ValueSet minutes;
  private final ValueSet hours;

  private CronSentence(CronParts parts) {
    this.seconds = ValueSet.of(CronField.SECOND, parts.seconds());
    this.minutes = ValueSet.of(CronField.MINUTE, parts.minutes());
    this.hours = ValueSet.of(CronField.HOUR, parts.hours());
  }

  static String of(CronParts parts) {
    CronSentence times = new CronSentence(parts);
    DaySentence days = new DaySentence(parts);
    String text = times.times();
    return days.restricted() || !times.hours.isAll() && !times.hours.isRound()
        ? text + ", " + days.text()
        : text;
  }

  /// The same for what is left out: the days alone where whole days are.
  static String ofExclusion(CronParts parts) {
    CronSentence times = new CronSentence(parts);
    DaySentence days = new DaySentence(parts);
    boolean wholeDays =
        times.hours.isAll()
            && times.minutes.isAll()
            && (times.seconds.isAll() || !parts.hasSeconds());
    return wholeDays && days.restricted() ? days.text() : of(parts);
  }

  private String times() {
    if (!seconds.isOne()) {
      return seconds() + inMinutes();
    }
    boolean plainHours = !hours.isAll() && hours.step() == 0 && hasFewRuns();
    boolean plainMinutes = minutes.isOne() || minutes.step() == 0 && minutes.values().size() <= 4;
    int times = hours.values().size() * minutes.values().size();
    if (plainMinutes && times <= MOST_TIMES && (plainHours || hours.isOne())) {
      return "at " + Words.list(clockTimes());
    }
    if (minutes.isOne()) {
      return hourly();
    }
    return seconds.first() == 0
        ? minutes() + inHours()
        : "at second " + seconds.first() + ofMinute() + inMinutes();
  }

  /// Whether the hours are better listed than given as a range.
  private boolean hasFewRuns() {
    return hours.runs().stream().allMatch(run -> run.size() < 3) || !minutes.isOne();
  }

  private List<String> clockTimes() {
    List<String> times = new ArrayList<>();
    for (int hour : hours.values()) {
      for (int minute : minutes.values()) {
        times.add(clock(hour, minute));
      }
    }
    return times;
  }

  private String clock(int hour, int minute) {
    String time = Words.twoDigits(hour) + ":" + Words.twoDigits(minute);
    return seconds.isOne() && seconds.first() != 0
        ? time + ":" + Words.twoDigits(seconds.first())
        : time;
  }

  /// One minute and second in many hours.
  private String hourly() {
    int minute = minutes.first();
    if (hours.isAll()) {
      if (seconds.first() != 0) {
        return "at minute " + minute + ", second " + seconds.first() + " of every hour";
      }
      return minute == 0 ? "every hour" : "at minute " + minute + " of every hour";
    }
    String every = "every " + hours.step() + " hours";
    if (hours.isRound()) {
      boolean plain = hours.first() == 0 && minute == 0 && seconds.first() == 0;
      return plain ? every : every + " from " + clock(hours.first(), minute);
    }
    if (hours.step() > 0) {
      return every + " from " + clock(hours.first(), minute) + " to " + clock(hours.last(), minute);
    }
    List<Run> runs = hours.runs();
    if (runs.size() > MOST_WINDOWS || runs.stream().anyMatch(run -> run.size() < 3)) {
      return "at " + Words.list(clockTimes());
    }
    return "every hour "
        + Words.list(
            runs.stream()
                .map(run ->
                    "from " + clock(run.first(), minute) + " to " + clock(run.last(), minute))
                .toList());
  }

  private String seconds() {
    if (seconds.isAll()) {
      return "every second";
    }
    return seconds.isEven()
        ? "every " + seconds.step() + " seconds"
        : selected(seconds, "second") + ofMinute();
  }

  private String ofMinute() {
    return minutes.isAll() ? " of every minute" : " of the minute";
  }

  private String minutes() {
    if (minutes.isAll()) {
      return "every minute";
    }
    if (minutes.isEven()) {
      return "every " + minutes.step() + " minutes";
    }
    return selected(minutes, "minute") + (hours.isAll() ? " of every hour" : " of the hour");
  }

  /// "every 7 minutes from minute 0 to 56", "every minute from minute 0 to 29", "at minutes 1 and
  /// 5".
  private static String selected(ValueSet set, String unit) {
    if (set.step() > 0) {
      return "every " + set.step() + " " + unit + "s from " + unit + " " + range(set);
    }
    if (set.runs().size() == 1 && set.values().size() > 2) {
      return "every " + unit + " from " + unit + " " + range(set);
    }
    return "at " + unit + "s " + Words.list(set.items(Integer::toString));
  }

  private static String range(ValueSet set) {
    return set.first() + " to " + set.last();
  }

  /// The minutes and hours in which the seconds are meant.
  private String inMinutes() {
    if (minutes.isAll()) {
      return inHours();
    }
    String of = hours.isAll() ? " of every hour" : " of the hour";
    if (minutes.isOne()) {
      return ", in minute " + minutes.first() + of + inHours();
    }
    if (minutes.step() > 0) {
      return ", in every "
          + Words.ordinal(minutes.step())
          + " minute from minute "
          + range(minutes)
          + of
          + inHours();
    }
    return ", in the minutes " + Words.list(minutes.items(Integer::toString)) + of + inHours();
  }

  /// " from 09:00 to 17:59", ", in every 2nd hour from 00:00 to 22:59"; nothing for all hours.
  private String inHours() {
    if (hours.isAll()) {
      return "";
    }
    if (hours.step() > 0) {
      return ", in every "
          + Words.ordinal(hours.step())
          + " hour from "
          + window(hours.first(), hours.last());
    }
    List<Run> runs = hours.runs();
    return runs.size() <= MOST_WINDOWS
        ? " "
            + Words.list(
                runs.stream().map(run -> "from " + window(run.first(), run.last())).toList())
        : ", in the hours " + Words.list(hours.items(Words::twoDigits));
  }

  private static String window(int first, int last) {
    return Words.twoDigits(first) + ":00 to " + Words.twoDigits(last) + ":59";
  }
}
