package dev.taskscheduler.schedule;

import dev.taskscheduler.schedule.Fires.DueSchedule;
import dev.taskscheduler.schedule.Fires.Fire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Decides what a schedule does at a moment: which of the instants that have passed fire, which are
/// missed, and which one is next.
public final class FirePlanner {
  /// [Steps] in which instants that have passed are counted one by one; more are left out of the
  /// count, but for those that may be caught up.
  static final int MOST_COUNTED = 200_000;

  /// Steps after which those that may be caught up are left out, too.
  static final int MOST_CAUGHT_UP = 1_000_000;

  private FirePlanner() {}

  /// What is to be done with a schedule.
  ///
  /// @param now the time of Redis's clock
  public static Fire plan(DueSchedule due, Instant now) {
    if (due.next().isEmpty()) {
      return afterRun(due, now);
    }
    Passed passed = new Passed(due, now);
    List<Instant> fires = passed.caughtUp();
    fires.addAll(passed.onTime);
    int missed = passed.count - fires.size();
    if (!due.buffered().isEmpty() && due.runs() == 0) {
      fires.addAll(0, due.buffered());
    }
    boolean waits = passed.next.isEmpty() && waitsForRun(due, fires);
    if (passed.next.isEmpty() && !waits) { // a fixed delay missed its instant: no run will end
      passed.goOn(due);
    }
    return new Fire(due, List.copyOf(fires), missed, passed.next, passed.firesAt, waits);
  }

  /// A run has ended: what waited for that fires, and a fixed delay begins.
  private static Fire afterRun(DueSchedule due, Instant now) {
    boolean runs = due.runs() > 0;
    List<Instant> fires = runs ? List.of() : due.buffered();
    Instant ended = due.lastEnd().orElse(now); // its task may have been removed
    Optional<Instant> next =
        runs || !fires.isEmpty()
            ? Optional.empty()
            : due.settings().timing().nextAfterRun(ended).map(PlannedInstant::at);
    Optional<Instant> firesAt = next.map(at -> firesAt(due.name(), due.settings(), at));
    return new Fire(due, fires, 0, next, firesAt, waitsForRun(due, fires));
  }

  private static boolean waitsForRun(DueSchedule due, List<Instant> fires) {
    return due.settings().timing().interval().orElse(null) instanceof Interval.FixedDelay
        && (due.runs() > 0 || !fires.isEmpty());
  }

  /// When an instant fires: with jitter, and before the one after it.
  public static Instant firesAt(String name, ScheduleSettings settings, Instant planned) {
    Duration bound = settings.jitter();
    if (bound.isZero()) {
      return planned; // nearly always
    }
    return settings
        .timing()
        .next(planned)
        .map(after -> Jitter.delayed(name, planned, bound, after.at()))
        .orElseGet(() -> Jitter.delayed(name, planned, bound));
  }

  /// The instants from the one that a schedule stands at to the last that has passed.
  private static final class Passed {
    private final CatchUp catchUp;
    private final Instant now;
    private final Steps steps = new Steps();
    private final Deque<Instant> late = new ArrayDeque<>(); // the latest that may be caught up
    final List<Instant> onTime = new ArrayList<>();
    int count;
    Optional<Instant> next;
    Optional<Instant> firesAt = Optional.empty();

    Passed(DueSchedule due, Instant now) {
      this.now = now;
      ScheduleSettings settings = due.settings();
      catchUp = settings.catchUp();
      next = due.next();
      while (next.isPresent()) {
        Instant planned = next.get();
        Instant fires = firesAt(due.name(), settings, planned);
        firesAt = Optional.of(fires);
        if (fires.isAfter(now)) {
          return;
        }
        add(planned, fires);
        next = settings.timing().next(from(planned), steps).map(PlannedInstant::at);
      }
      firesAt = Optional.empty();
    }

    /// Where the search goes on: where very many have passed, only those that may fire, or that are
    /// on time, are still looked at.
    private Instant from(Instant planned) {
      if (steps.taken() < MOST_COUNTED) {
        return planned; // nearly always
      }
      boolean catchesUp =
          steps.taken() < MOST_CAUGHT_UP && catchUp.within().compareTo(CatchUp.ON_TIME) > 0;
      Duration matters = catchesUp ? catchUp.within() : CatchUp.ON_TIME;
      Instant from = now.minus(matters).minusSeconds(1);
      return from.isAfter(planned) ? from : planned;
    }

    /// A fixed delay counts from now; what has none is over.
    void goOn(DueSchedule due) {
      next = due.settings().timing().nextAfterRun(now).map(PlannedInstant::at);
      firesAt = next.map(at -> FirePlanner.firesAt(due.name(), due.settings(), at));
    }

    private void add(Instant planned, Instant fires) {
      count++;
      Duration lateness = Duration.between(fires, now);
      if (lateness.compareTo(CatchUp.ON_TIME) <= 0) {
        onTime.add(planned);
      } else if (lateness.compareTo(catchUp.within()) <= 0) {
        late.add(planned);
        if (late.size() > catchUp.max()) {
          late.removeFirst();
        }
      }
    }

    /// The late ones that fire. One that is on time takes the place of the last late one.
    List<Instant> caughtUp() {
      return switch (catchUp.runs()) {
        case ALL -> new ArrayList<>(late);
        case LAST ->
            new ArrayList<>(
                onTime.isEmpty() && !late.isEmpty() ? List.of(late.getLast()) : List.<Instant>of());
        case NONE -> new ArrayList<>();
      };
    }
  }
}
