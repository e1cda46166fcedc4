package dev.taskscheduler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// The shape of a set of values of one field, for a sentence.
///
/// @param values in order, at least one
/// @param min the first value of the field
/// @param max the last value of the field
/// @param cyclic whether a run may go on past the end: 22 to 2
record ValueSet(List<Integer> values, int min, int max, boolean cyclic) {
  private static final int SHORTEST_RUN = 3;

  static ValueSet of(CronField field, long bits) {
    List<Integer> values = new ArrayList<>();
    for (long left = bits; left != 0; left &= left - 1) {
      values.add(Long.numberOfTrailingZeros(left));
    }
    boolean cyclic =
        field == CronField.HOUR || field == CronField.MONTH || field == CronField.DAY_OF_WEEK;
    return new ValueSet(List.copyOf(values), field.min(), field.max(), cyclic);
  }

  /// Values that follow one another.
  record Run(int first, int last, int size) {}

  boolean isAll() {
    return values.size() == max - min + 1;
  }

  boolean isOne() {
    return values.size() == 1;
  }

  int first() {
    return values.getFirst();
  }

  int last() {
    return values.getLast();
  }

  /// The step of at least three values that are equally far apart, 2 or more; else 0.
  int step() {
    if (values.size() < SHORTEST_RUN) {
      return 0;
    }
    int step = values.get(1) - values.get(0);
    for (int i = 2; i < values.size(); i++) {
      if (values.get(i) - values.get(i - 1) != step) {
        return 0;
      }
    }
    return step >= 2 ? step : 0;
  }

  /// Whether the step goes round the field without a break, from its first value.
  boolean isEven() {
    return first() == min && isRound();
  }

  /// Whether the step goes round the field without a break, from any value.
  boolean isRound() {
    int step = step();
    return step > 0 && (max - min + 1) % step == 0 && values.size() == (max - min + 1) / step;
  }

  /// All runs in order; one that goes on past the end comes last.
  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (int value : values) {
      Run before = runs.isEmpty() ? new Run(-2, -2, 0) : runs.getLast();
      if (before.last + 1 == value) {
        runs.set(runs.size() - 1, new Run(before.first, value, before.size + 1));
      } else {
        runs.add(new Run(value, value, 1));
      }
    }
    if (cyclic && runs.size() > 1 && first() == min && last() == max) {
      Run head = runs.removeFirst();
      Run tail = runs.removeLast();
      runs.add(new Run(tail.first, head.last, tail.size + head.size));
    }
    return runs;
  }

  /// The values as items of a list, three or more in a row as a range.
  List<String> items(IntFunction<String> name) {
    List<String> items = new ArrayList<>();
    for (Run run : runs()) {
      if (run.size >= SHORTEST_RUN) {
        items.add(name.apply(run.first) + " to " + name.apply(run.last));
      } else {
        items.add(name.apply(run.first));
        if (run.size > 1) {
          items.add(name.apply(run.last));
        }
      }
    }
    return items;
  }
}
