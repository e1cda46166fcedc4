package dev.taskscheduler.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Small parts of sentences.
final class Words {
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Words() {}

  /// "a", "a and b", "a, b and c".
  static String list(List<String> items) {
    int last = items.size() - 1;
    return last < 1
        ? String.join("", items)
        : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
  }

  /// "1st", "2nd", "3rd", "11th".
  static String ordinal(int number) {
    String end =
        switch (number % 100) {
          case 11, 12, 13 -> "th";
          default ->
              switch (number % 10) {
                case 1 -> "st";
                case 2 -> "nd";
                case 3 -> "rd";
                default -> "th";
              };
        };
    return number + end;
  }

  static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  /// "15 minutes", "1 hour and 30 minutes", "1.5 seconds".
  static String duration(Duration duration) {
    long seconds = duration.getSeconds();
    List<String> parts = new ArrayList<>();
    add(parts, seconds / DAY, "day");
    add(parts, seconds % DAY / HOUR, "hour");
    add(parts, seconds % HOUR / MINUTE, "minute");
    if (duration.getNano() == 0) {
      add(parts, seconds % MINUTE, "second");
    } else {
      String exact = String.format(Locale.ROOT, "%d.%09d", seconds % MINUTE, duration.getNano());
      parts.add(exact.replaceAll("0+$", "") + " seconds");
    }
    return list(parts);
  }

  /// As [#duration], without the number if it is a single unit: "every day", "every 2 days".
  static String every(Duration duration) {
    String words = duration(duration);
    return "every " + (words.matches("1 [a-z]+") ? words.substring(2) : words);
  }

  private static void add(List<String> parts, long number, String unit) {
    if (number > 0) {
      parts.add(number + " " + unit + (number == 1 ? "" : "s"));
    }
  }
}
