package dev.taskscheduler.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// A random cron expression, with a slow test for each field that was not made from its text.
record RandomCron(
    String text,
    IntPredicate second,
    IntPredicate minute,
    IntPredicate hour,
    Predicate<LocalDate> day,
    boolean runsThrough) {

  /// A field: its text and its test.
  private record Field<T>(String text, T test, boolean any, boolean repeats) {}

  boolean matches(LocalDateTime local) {
    return second.test(local.getSecond())
        && minute.test(local.getMinute())
        && hour.test(local.getHour())
        && day.test(local.toLocalDate());
  }

  /// @param busy whether it is likely to fire on many days, in hours of clock changes
  static RandomCron with(Random random, boolean seconds, boolean busy) {
    Field<IntPredicate> second = numbers(random, 0, 59, 2);
    Field<IntPredicate> minute = numbers(random, 0, 59, 2);
    Field<IntPredicate> hour =
        busy && random.nextInt(3) > 0 ? early(random) : numbers(random, 0, 23, 3);
    boolean anyDay = random.nextInt(busy ? 2 : 4) > 0;
    Field<Predicate<LocalDate>> date =
        anyDay ? any(random.nextBoolean() ? "*" : "?") : dates(random);
    Field<IntPredicate> month = busy && random.nextBoolean() ? all() : numbers(random, 1, 12, 3);
    Field<Predicate<LocalDate>> weekday = random.nextBoolean() ? any("*") : weekdays(random);
    Predicate<LocalDate> day = date.test.and(weekday.test);
    if (!date.any && !weekday.any) {
      day = date.test.or(weekday.test);
    }
    Predicate<LocalDate> inMonth = at -> month.test.test(at.getMonthValue());
    String text =
        String.join(
            random.nextInt(9) == 0 ? "  " : " ",
            minute.text,
            hour.text,
            date.text,
            month.text,
            weekday.text);
    return new RandomCron(
        seconds ? second.text + " " + text : text,
        seconds ? second.test : value -> value == 0,
        minute.test,
        hour.test,
        inMonth.and(day),
        hour.repeats);
  }

  private static Field<IntPredicate> all() {
    return new Field<>("*", _ -> true, true, true);
  }

  private static <T> Field<Predicate<T>> any(String text) {
    return new Field<>(text, _ -> true, true, true);
  }

  /// An hour in which clocks are changed.
  private static Field<IntPredicate> early(Random random) {
    int hour = random.nextInt(5);
    return random.nextBoolean()
        ? new Field<>("" + hour, value -> value == hour, false, false)
        : new Field<>(hour + "," + 23, value -> value == hour || value == 23, false, false);
  }

  private static Field<IntPredicate> numbers(Random random, int min, int max, int parts) {
    if (random.nextInt(4) == 0) {
      return all();
    }
    List<String> texts = new ArrayList<>();
    IntPredicate test = _ -> false;
    boolean repeats = false;
    for (int i = random.nextInt(parts); i >= 0; i--) {
      Field<IntPredicate> part = part(random, min, max);
      texts.add(part.text);
      test = test.or(part.test);
      repeats |= part.repeats;
    }
    return new Field<>(String.join(",", texts), test, false, repeats);
  }

  private static Field<IntPredicate> part(Random random, int min, int max) {
    int size = max - min + 1;
    int from = min + random.nextInt(size);
    int to = min + random.nextInt(size);
    int span = Math.floorMod(to - from, size);
    switch (random.nextInt(5)) {
      case 0 -> {
        int step = 1 + random.nextInt(size - 1);
        return new Field<>("*/" + step, value -> (value - min) % step == 0, false, true);
      }
      case 1 -> {
        return new Field<>(
            from + "-" + to,
            value -> from <= to ? value >= from && value <= to : value >= from || value <= to,
            false,
            false);
      }
      case 2 -> {
        if (span > 0) {
          int step = 1 + random.nextInt(span);
          return new Field<>(
              from + "-" + to + "/" + step,
              value -> {
                int after = Math.floorMod(value - from, size);
                return after <= span && after % step == 0;
              },
              false,
              true);
        }
      }
      default -> {}
    }
    return new Field<>("" + from, value -> value == from, false, false);
  }

  private static Field<Predicate<LocalDate>> dates(Random random) {
    int number = 1 + random.nextInt(28);
    int before = 1 + random.nextInt(5);
    return switch (random.nextInt(7)) {
      case 0 -> new Field<>("L", at -> at.plusDays(1).getDayOfMonth() == 1, false, false);
      case 1 ->
          new Field<>(
              "L-" + before, at -> at.lengthOfMonth() - at.getDayOfMonth() == before, false, false);
      case 2 ->
          new Field<>(
              number + "W", at -> at.equals(nearest(at.withDayOfMonth(number))), false, false);
      case 3 ->
          new Field<>(
              "LW", at -> at.equals(nearest(at.withDayOfMonth(at.lengthOfMonth()))), false, false);
      default -> {
        Field<IntPredicate> days = numbers(random, 1, 31, 3);
        yield new Field<>(
            days.text + ",3", // at least one day that each month has
            at -> days.test.test(at.getDayOfMonth()) || at.getDayOfMonth() == 3,
            false,
            false);
      }
    };
  }

  private static boolean isWeekend(LocalDate day) {
    return day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
  }

  /// The nearest weekday in the same month, by trying days one and two away.
  private static LocalDate nearest(LocalDate day) {
    for (int away : new int[] {0, -1, 1, -2, 2}) {
      LocalDate tried = day.plusDays(away);
      if (!isWeekend(tried) && tried.getMonth() == day.getMonth()) {
        return tried;
      }
    }
    throw new AssertionError(day);
  }

  private static Field<Predicate<LocalDate>> weekdays(Random random) {
    int number = random.nextInt(8);
    DayOfWeek day = DayOfWeek.of(number == 0 ? 7 : number);
    String name = random.nextBoolean() ? day.name().substring(0, 3) : "" + number;
    int which = 1 + random.nextInt(5);
    return switch (random.nextInt(5)) {
      case 0 ->
          new Field<>(
              name + "L",
              at -> at.getDayOfWeek() == day && at.plusDays(7).getMonth() != at.getMonth(),
              false,
              false);
      case 1 ->
          new Field<>(
              name + "#" + which,
              at -> at.getDayOfWeek() == day && (at.getDayOfMonth() - 1) / 7 + 1 == which,
              false,
              false);
      case 2 -> new Field<>(name, at -> at.getDayOfWeek() == day, false, false);
      default -> {
        Field<IntPredicate> days = numbers(random, 0, 6, 2);
        yield new Field<>(
            days.text, at -> days.test.test(at.getDayOfWeek().getValue() % 7), days.any, false);
      }
    };
  }
}
