package dev.taskscheduler.schedule;

import java.util.Locale;

/// Reads one field of a cron expression, part by part from the left.
final class FieldParser {
  private static final int LONGEST_QUOTE = 20;
  private static final int WEEK = 7;
  private static final int MOST_NTH = 5;
  private static final int MOST_BEFORE_LAST = 30;

  private final CronField field;
  private final String text;
  private final int start;
  private final String hashKey;

  private int at;
  private boolean repeats;
  private long values;
  private int beforeLast;
  private int nearest;
  private boolean lastWeekday;
  private int lastOf;
  private long nth;

  /// @param start where the field begins in the expression
  FieldParser(CronField field, String text, int start, String hashKey) {
    this.field = field;
    this.text = text;
    this.start = start;
    this.hashKey = hashKey;
  }

  /// @throws CronException if the field has a fault
  FieldValues parse() {
    boolean any = text.equals("*") || text.equals("?") && field.isDay();
    if (any) {
      values = field.all();
    } else {
      part();
      while (at < text.length()) {
        if (text.charAt(at) != ',') {
          throw fault("'" + quoted(text.substring(at)) + "' is not understood here", at);
        }
        at++;
        part();
      }
    }
    return new FieldValues(any, repeats, values, beforeLast, nearest, lastWeekday, lastOf, nth);
  }

  private void part() {
    if (at == text.length() || peek() == ',') {
      throw fault("a value is missing", at);
    }
    char next = peek();
    if (next == '*') {
      at++;
      repeats = true;
      add(field.min(), field.max(), step(field.min(), field.max()));
    } else if (next == '?') {
      throw fault(
          field.isDay() ? "'?' must stand alone" : "'?' is for the day fields; write '*'", at);
    } else if (next == 'H' && !isLetter(at + 1)) {
      hashed();
    } else if (next == 'L') {
      last();
    } else {
      valueOrRange();
    }
  }

  /// The character in upper case; 0 at the end.
  private char peek() {
    return at < text.length() ? upper(text.charAt(at)) : 0;
  }

  private static char upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? (char) (letter - 'a' + 'A') : letter;
  }

  private boolean isLetter(int index) {
    return index < text.length()
        && upper(text.charAt(index)) >= 'A'
        && upper(text.charAt(index)) <= 'Z';
  }

  private boolean skip(char expected) {
    boolean there = peek() == expected;
    at += there ? 1 : 0;
    return there;
  }

  private void valueOrRange() {
    int from = value();
    if (field.isDay() && daySuffix(from)) {
      return;
    }
    if (skip('-')) {
      int to = value();
      addRange(from, to, step(from, to));
    } else if (peek() == '/') {
      add(fold(from), field.max(), step(fold(from), field.max()));
    } else {
      values |= 1L << fold(from);
    }
  }

  /// Sunday is 0.
  private int fold(int value) {
    return field == CronField.DAY_OF_WEEK && value == WEEK ? 0 : value;
  }

  /// What may follow a single day: `15W`, `5L`, `MON#2`.
  private boolean daySuffix(int day) {
    if (field == CronField.DAY_OF_MONTH) {
      if (!skip('W')) {
        return false;
      }
      nearest |= 1 << day;
    } else if (skip('L')) {
      lastOf |= 1 << fold(day);
    } else if (skip('#')) {
      int begin = at;
      int which = number("a number from 1 to 5");
      if (which < 1 || which > MOST_NTH) {
        throw fault("the number after '#' must be 1 to 5", begin);
      }
      nth |= 1L << WEEK * (which - 1) + fold(day);
    } else {
      return false;
    }
    return true;
  }

  /// `L`, `L-3` and `LW`.
  private void last() {
    if (field != CronField.DAY_OF_MONTH) {
      throw fault(
          field == CronField.DAY_OF_WEEK
              ? "'L' needs a day before it, such as 5L or FRIL for the last Friday of the month"
              : "'L' is for the day fields",
          at);
    }
    at++;
    if (skip('W')) {
      lastWeekday = true;
    } else if (skip('-')) {
      int begin = at;
      int days = number("a number from 1 to 30");
      if (days < 1 || days > MOST_BEFORE_LAST) {
        throw fault("the number after 'L-' must be 1 to 30", begin);
      }
      beforeLast |= 1 << days;
    } else {
      beforeLast |= 1;
    }
  }

  /// `H`, `H/15`, `H(0-29)` and `H(0-29)/10`.
  private void hashed() {
    int begin = at++;
    int from = field.min();
    int to = field.maxHashed();
    if (skip('(')) {
      from = value();
      expect('-');
      to = value();
      expect(')');
      if (from > to) {
        throw fault("the range of 'H' must not begin after its end", begin);
      }
      if (to > field.max()) {
        throw fault("the range of 'H' must end at " + field.max() + " or before", begin);
      }
    } else if (peek() == '-') {
      throw fault("'H' takes its range in brackets, such as H(0-29)", at);
    }
    long hash = StableHash.of(hashKey, field.label());
    int step = step(from, to);
    if (step == 0) {
      values |= 1L << from + Math.floorMod(hash, to - from + 1);
    } else {
      add(from + Math.floorMod(hash, step), to, step);
    }
  }

  private void expect(char letter) {
    if (!skip(letter)) {
      throw fault("'" + letter + "' is missing", at);
    }
  }

  /// A number or a name that the field knows.
  private int value() {
    int begin = at;
    if (isLetter(at)) {
      int end = at;
      while (end < at + 3 && isLetter(end)) {
        end++;
      }
      int named = field.named(text.substring(begin, end));
      if (named < 0) {
        throw fault("'" + quoted(lettersFrom(begin)) + "' is unknown", begin);
      }
      at = end;
      return named;
    }
    int value = number(field.hasNames() ? "a number or a name" : "a number");
    if (value < field.min() || value > field.maxWritten()) {
      throw fault(quoted(text.substring(begin, at)) + " is out of range", begin);
    }
    return value;
  }

  private String lettersFrom(int begin) {
    int end = begin;
    while (isLetter(end)) {
      end++;
    }
    return text.substring(begin, end);
  }

  /// A number of any length; one too large for any field is 1000.
  private int number(String expected) {
    int begin = at;
    int value = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      value = Math.min(1000, value * 10 + text.charAt(at) - '0');
      at++;
    }
    if (at == begin) {
      throw fault(
          at == text.length()
              ? expected + " is missing"
              : "'" + quoted(text.substring(at)) + "' is not " + expected,
          at);
    }
    return value;
  }

  /// The step after a slash; 0 if there is none.
  private int step(int from, int to) {
    if (!skip('/')) {
      return 0;
    }
    int begin = at;
    int step = number("a step");
    int largest = from <= to ? to - from : to - from + field.size();
    if (step < 1 || step > largest) {
      throw fault(
          largest < 1
              ? "there is nothing to step through"
              : "the step must be 1 to " + largest + " here; a larger one would fire once",
          begin);
    }
    repeats = true;
    return step;
  }

  private void add(int from, int to, int step) {
    for (int value = from; value <= to; value += Math.max(1, step)) {
      values |= 1L << value;
    }
  }

  /// A range, which may go on past the end of its field: `FRI-MON`, `22-2`, `5-7`.
  private void addRange(int from, int to, int step) {
    int end = from <= to ? to : to + field.size();
    for (int value = from; value <= end; value += Math.max(1, step)) {
      values |= 1L << field.min() + (value - field.min()) % field.size();
    }
  }

  /// A piece of the text, short and printable, for a message.
  static String quoted(String piece) {
    String safe = piece.replaceAll("[^\\x20-\\x7e]", "?");
    return safe.length() > LONGEST_QUOTE ? safe.substring(0, LONGEST_QUOTE) + "..." : safe;
  }

  private CronException fault(String what, int index) {
    String message =
        String.format(Locale.ROOT, "The %s: %s; allowed: %s.", field.label(), what, allowed());
    return new CronException(message, start + index);
  }

  private String allowed() {
    String special =
        switch (field) {
          case DAY_OF_MONTH -> "L, L-3, 15W, LW, ";
          case DAY_OF_WEEK -> "5L, MON#2, ";
          default -> "";
        };
    return field.allowed() + ", *, lists, ranges, steps such as */2, " + special + "H";
  }
}
