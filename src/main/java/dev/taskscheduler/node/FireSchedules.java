package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Fires.DueSchedule;
import dev.taskscheduler.schedule.Fires.Fire;
import dev.taskscheduler.schedule.ScheduleListener;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fires schedules whose instants have passed. The time is Redis's: the clock of a node matters to
/// none of it. What is due is data in Redis, so the next leader sees an instant that passed while
/// nobody led.
final class FireSchedules implements Chore {
  private static final System.Logger LOG = System.getLogger(FireSchedules.class.getName());

  /// So many in a call, that it holds Redis for some milliseconds.
  private static final int BATCH = 200;

  /// Tasks in a call, but for a schedule that catches up more by itself.
  private static final int MOST_TASKS = 500;

  private static final Duration LONGEST_REST = Duration.ofSeconds(1); // a hint may get lost
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final Fires fires;
  private final Runnable submitted;
  private final ScheduleListener listener;
  private final ClockGuard clock = new ClockGuard(MINUTE, MINUTE);
  private long lineFrom = System.nanoTime();

  /// @param submitted called when tasks were
  FireSchedules(Fires fires, Runnable submitted, ScheduleListener listener) {
    this.fires = fires;
    this.submitted = submitted;
    this.listener = listener;
  }

  @Override
  public Duration run(FencingToken token) {
    Fires.Due due = fires.due(token, BATCH);
    boolean isNone = due.schedules().isEmpty();
    listener.looked(due.all(), due.active(), isNone ? due.untilNext() : Duration.ZERO);
    Optional<Duration> ahead = clock.look(due.now(), System.nanoTime());
    if (ahead.isPresent() && !isNone) {
      logHeld(ahead.get(), due.now());
      return LONGEST_REST;
    }
    List<Fire> batch = new ArrayList<>();
    int tasks = 0;
    for (DueSchedule each : due.schedules()) {
      Optional<Fire> fire = planned(token, each, due.now());
      int more = fire.map(one -> one.instants().size()).orElse(0);
      if (tasks > 0 && tasks + more > MOST_TASKS) {
        fire(token, batch, due.now());
        batch.clear();
        tasks = 0;
      }
      fire.ifPresent(batch::add);
      tasks += more;
    }
    if (!batch.isEmpty()) {
      fire(token, batch, due.now());
    }
    Duration next = due.more() ? Duration.ZERO : due.untilNext();
    listener.looked(due.all(), due.active(), next);
    return next.compareTo(LONGEST_REST) < 0 ? next : LONGEST_REST;
  }

  private Optional<Fire> planned(FencingToken token, DueSchedule due, Instant now) {
    try {
      return Optional.of(FirePlanner.plan(due, now));
    } catch (RuntimeException e) { // one that cannot be planned stops no other
      fires.fault(token, due.name(), "its instants cannot be computed: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void fire(FencingToken token, List<Fire> batch, Instant now) {
    List<List<FireOutcome>> answers = fires.fire(token, batch);
    boolean any = false;
    for (int i = 0; i < batch.size(); i++) {
      List<FireOutcome> outcomes = answers.get(i);
      for (int j = 0; j < outcomes.size(); j++) {
        Duration late = Duration.between(batch.get(i).instants().get(j), now);
        listener.fired(outcomes.get(j), late);
        any |= outcomes.get(j) == FireOutcome.FIRED;
      }
      listener.missed(batch.get(i).missed());
    }
    if (any) {
      submitted.run(); // sooner than by way of Redis
    }
  }

  private void logHeld(Duration ahead, Instant now) {
    if (System.nanoTime() - lineFrom >= 0) {
      lineFrom = System.nanoTime() + BETWEEN_LINES.toNanos();
      LOG.log(
          WARNING,
          () ->
              "the clock of Redis went ahead, schedules are held for a minute: check its clock"
                  + " ahead=%s now=%s".formatted(ahead, now));
    }
  }

  @Override
  public void end() {
    listener.ended();
  }
}
