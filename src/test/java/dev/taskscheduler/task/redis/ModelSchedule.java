package dev.taskscheduler.task.redis;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A schedule of [ScheduleModel].
final class ModelSchedule {
  private static final int MOST_RECORDS = 100;

  record Settings(
      ScheduleInstants instants, OverlapPolicy overlap, CatchUp catchUp, OptionalInt remaining) {}

  record Entry(long planned, FireOutcome outcome, Optional<String> task, int missed) {}

  Settings settings;
  int generation;
  Optional<Long> next = Optional.empty();
  Optional<Long> fires = Optional.empty();
  Optional<Long> due = Optional.empty();
  OptionalInt remaining = OptionalInt.empty();
  List<String> runs = new ArrayList<>();
  List<Long> buffer = new ArrayList<>();
  boolean waits;
  Optional<String> pause = Optional.empty();
  boolean isFull;
  final List<Entry> records = new ArrayList<>();

  ModelSchedule(Settings settings) {
    this.settings = settings;
  }

  ScheduleState state() {
    if (pause.isPresent()) {
      return ScheduleState.PAUSED;
    } else if (isFull) {
      return ScheduleState.FAULTY;
    }
    return next.isPresent() || waits ? ScheduleState.ACTIVE : ScheduleState.ENDED;
  }

  void note(long planned, FireOutcome outcome, Optional<String> task, int missed) {
    records.addFirst(new Entry(planned, outcome, task, missed));
    while (records.size() > MOST_RECORDS) {
      records.removeLast();
    }
  }
}
