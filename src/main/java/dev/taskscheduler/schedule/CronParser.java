package dev.taskscheduler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads the text of a cron expression: splits it into fields and knows the macros.
final class CronParser {
  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  private static final String FIELDS =
      "five fields (minute, hour, day of month, month, day of week), or six with the second first";

  private final String text;
  private final String hashKey;

  CronParser(String text, String hashKey) {
    this.text = text;
    this.hashKey = hashKey;
  }

  /// A part of the text without spaces.
  ///
  /// @param position where it begins
  private record Word(String text, int position) {}

  /// @throws CronException if the text has a fault
  CronParts parse() {
    if (text.length() > CronExpression.LONGEST) {
      throw new CronException(
          "The expression has more than " + CronExpression.LONGEST + " characters.",
          CronExpression.LONGEST);
    }
    List<Word> words = words();
    if (words.isEmpty()) {
      throw new CronException("The expression is empty; it needs " + FIELDS + ".", 0);
    }
    Word first = words.getFirst();
    if (first.text.startsWith("@")) {
      return macro(words);
    }
    String start = first.text.toUpperCase(Locale.ROOT);
    if (start.startsWith("TZ=") || start.startsWith("CRON_TZ=")) {
      throw new CronException(
          "A time zone is not part of the expression; give it as the schedule's time zone.",
          first.position);
    }
    return fields(words);
  }

  private List<Word> words() {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !isSpace(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        words.add(new Word(text.substring(at, end), at));
      }
      at = end + 1;
    }
    return words;
  }

  private static boolean isSpace(char letter) {
    return letter == ' ' || letter == '\t';
  }

  private CronParts macro(List<Word> words) {
    Word first = words.getFirst();
    String name = first.text.toLowerCase(Locale.ROOT);
    if (name.equals("@reboot")) {
      throw new CronException(
          "@reboot is not possible: a schedule belongs to no machine that could start.",
          first.position);
    }
    if (name.equals("@every")) {
      throw new CronException(
          "@every is not part of a cron expression; give the interval as 'every', such as PT15M.",
          first.position);
    }
    String meant = MACROS.get(name);
    if (meant == null) {
      throw new CronException(
          "'"
              + FieldParser.quoted(first.text)
              + "' is unknown; allowed: @yearly, @annually, @monthly, @weekly, @daily, @midnight"
              + " and @hourly.",
          first.position);
    }
    if (words.size() > 1) {
      throw new CronException("Nothing may follow " + name + ".", words.get(1).position);
    }
    return new CronParser(meant, hashKey).parse();
  }

  private CronParts fields(List<Word> words) {
    if (words.size() < 5) {
      throw new CronException(
          "There are " + count(words.size()) + "; the expression needs " + FIELDS + ".",
          text.length());
    }
    if (words.size() > 6) {
      throw new CronException(
          "There are more than six fields; the expression needs "
              + FIELDS
              + ". A year is not known.",
          words.get(6).position);
    }
    boolean hasSeconds = words.size() == 6;
    int next = hasSeconds ? 1 : 0;
    FieldValues second =
        hasSeconds ? read(CronField.SECOND, words.getFirst()) : FieldValues.only(0);
    FieldValues minute = read(CronField.MINUTE, words.get(next));
    FieldValues hour = read(CronField.HOUR, words.get(next + 1));
    Word dateWord = words.get(next + 2);
    FieldValues date = read(CronField.DAY_OF_MONTH, dateWord);
    FieldValues month = read(CronField.MONTH, words.get(next + 3));
    DayRules days = days(date, read(CronField.DAY_OF_WEEK, words.get(next + 4)));
    if (!days.possible((int) month.values())) {
      throw new CronException(
          "The expression can never fire: no month that it names has such a day.",
          dateWord.position);
    }
    return new CronParts(
        second.values(),
        minute.values(),
        (int) hour.values(),
        days,
        (int) month.values(),
        hasSeconds,
        hour.any() || hour.repeats());
  }

  private static String count(int fields) {
    return fields == 1 ? "only 1 field" : "only " + fields + " fields";
  }

  private FieldValues read(CronField field, Word word) {
    return new FieldParser(field, word.text, word.position, hashKey).parse();
  }

  private static DayRules days(FieldValues date, FieldValues weekday) {
    return new DayRules(
        date.any(),
        (int) date.values(),
        date.beforeLast(),
        date.nearest(),
        date.lastWeekday(),
        weekday.any(),
        (int) weekday.values(),
        weekday.lastOf(),
        weekday.nth());
  }
}
