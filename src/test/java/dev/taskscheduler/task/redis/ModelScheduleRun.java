package dev.taskscheduler.task.redis;

import java.util.Optional;

/// A run of a schedule in [ScheduleModel]: a task that it made.
final class ModelScheduleRun {
  enum State {
    WAITING,
    RUNNING,
    COMPLETED,
    DEAD,
    CANCELLED
  }

  final String schedule;
  final long planned;
  final int missed;
  State state = State.WAITING;
  int charged;
  boolean cancelling;
  Optional<Long> ended = Optional.empty();

  ModelScheduleRun(String schedule, long planned, int missed) {
    this.schedule = schedule;
    this.planned = planned;
    this.missed = missed;
  }

  boolean isOpen() {
    return state == State.WAITING || state == State.RUNNING;
  }
}
