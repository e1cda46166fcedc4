package dev.taskscheduler.task.redis;

import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.OverlapPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;

/// What schedules and their tasks come to, in plain Java. It knows nothing of Redis. Times are
/// milliseconds of a clock that [ScheduleModelIT] moves by hand.
final class ScheduleModel {
  /// Stand for times of Redis's own clock: now, and 5 seconds later.
  static final long AT_ONCE = -1;

  static final long AGAIN = -2;

  private static final long ON_TIME = 60_000;
  private static final int MOST_BUFFERED = 100;

  /// What a look decided, as the leader holds it until it fires.
  record Plan(
      String name,
      int generation,
      Optional<Long> seen,
      List<Long> instants,
      int missed,
      Optional<Long> next,
      Optional<Long> fires,
      boolean waits) {}

  final Map<String, ModelSchedule> schedules = new TreeMap<>();
  final Map<String, ModelScheduleRun> tasks = new LinkedHashMap<>(); // in the order of their fires;
  private final BiFunction<String, Long, String> ids;
  private final int maxPending;
  private final int maxAttempts;
  private int generations;
  long now;

  ScheduleModel(long now, int maxPending, int maxAttempts, BiFunction<String, Long, String> ids) {
    this.now = now;
    this.maxPending = maxPending;
    this.maxAttempts = maxAttempts;
    this.ids = ids;
  }

  long room() {
    return maxPending - tasks.values().stream().filter(ModelScheduleRun::isOpen).count();
  }

  List<String> open(ModelSchedule schedule) {
    return new ArrayList<>(schedule.runs.stream().filter(id -> tasks.get(id).isOpen()).toList());
  }

  /// @return whether it changed
  boolean put(String name, ModelSchedule.Settings settings) {
    ModelSchedule s = schedules.computeIfAbsent(name, _ -> new ModelSchedule(settings));
    if (s.generation > 0 && s.settings.equals(settings)) {
      return false;
    }
    s.settings = settings;
    s.generation = ++generations;
    s.next = settings.instants().nextFrom(now);
    s.fires = s.next.map(at -> settings.instants().fires(name, at));
    s.due = s.pause.isPresent() ? Optional.empty() : s.fires;
    s.remaining = settings.remaining();
    s.buffer.clear();
    s.waits = false;
    s.isFull = false;
    return true;
  }

  /// @return whether it changed
  boolean pause(String name, String note) {
    ModelSchedule s = schedules.get(name);
    boolean changes = !s.pause.equals(Optional.of(note));
    s.pause = Optional.of(note);
    s.due = changes ? Optional.empty() : s.due;
    return changes;
  }

  /// @return whether it changed
  boolean resume(String name) {
    ModelSchedule s = schedules.get(name);
    if (s.pause.isEmpty()) {
      return false;
    }
    s.pause = Optional.empty();
    s.due = s.waits ? Optional.of(AT_ONCE) : s.fires;
    return true;
  }

  /// Names of those that the leader may look at, whatever the time is.
  List<String> due() {
    List<String> names = new ArrayList<>();
    schedules.forEach((name, s) -> {
      if (s.pause.isPresent()) {
        s.due = Optional.empty();
      } else if (s.due.isPresent()) {
        names.add(name);
      }
    });
    return names;
  }

  boolean isDue(String name) {
    return schedules.get(name).due.filter(at -> at <= now).isPresent();
  }

  Plan plan(String name) {
    ModelSchedule s = schedules.get(name);
    ScheduleInstants instants = s.settings.instants();
    boolean runs = !open(s).isEmpty();
    List<Long> buffered = runs ? List.of() : s.buffer;
    if (s.next.isEmpty()) {
      boolean waits = instants.fixedDelay().isPresent() && (runs || !buffered.isEmpty());
      Optional<Long> next =
          runs || !buffered.isEmpty()
              ? Optional.empty()
              : instants.afterRun(lastEnd(s).orElse(now));
      Optional<Long> fires = next.map(at -> instants.fires(name, at));
      return new Plan(name, s.generation, s.next, List.copyOf(buffered), 0, next, fires, waits);
    }
    List<Long> passed = new ArrayList<>();
    Optional<Long> next = s.next;
    while (next.isPresent() && instants.fires(name, next.get()) <= now) {
      passed.add(next.get());
      next = instants.next(next.get());
    }
    List<Long> firing = firing(name, s.settings, passed);
    int missed = passed.size() - firing.size();
    firing.addAll(0, buffered);
    boolean waits =
        next.isEmpty() && instants.fixedDelay().isPresent() && (runs || !firing.isEmpty());
    if (next.isEmpty() && !waits) {
      next = instants.afterRun(now);
    }
    Optional<Long> fires = next.map(at -> instants.fires(name, at));
    return new Plan(name, s.generation, s.next, firing, missed, next, fires, waits);
  }

  Optional<Long> lastEnd(ModelSchedule s) {
    return s.runs.stream().flatMap(id -> tasks.get(id).ended.stream()).max(Long::compare);
  }

  private List<Long> firing(String name, ModelSchedule.Settings settings, List<Long> passed) {
    List<Long> onTime = new ArrayList<>();
    List<Long> late = new ArrayList<>();
    for (long each : passed) {
      long lateness = now - settings.instants().fires(name, each);
      if (lateness <= ON_TIME) {
        onTime.add(each);
      } else if (lateness <= settings.catchUp().within().toMillis()) {
        late.add(each);
      }
    }
    List<Long> firing =
        new ArrayList<>(
            switch (settings.catchUp().runs()) {
              case NONE -> List.<Long>of();
              case LAST -> onTime.isEmpty() ? last(late, 1) : List.<Long>of();
              case ALL -> last(late, settings.catchUp().max());
            });
    firing.addAll(onTime);
    return firing;
  }

  private static List<Long> last(List<Long> of, int most) {
    return of.subList(Math.max(0, of.size() - most), of.size());
  }

  /// One call of the leader. Of a schedule that was changed meanwhile nothing is done.
  List<List<FireOutcome>> fire(List<Plan> plans) {
    long room = room();
    List<List<FireOutcome>> answers = new ArrayList<>();
    for (Plan plan : plans) {
      ModelSchedule s = schedules.get(plan.name);
      boolean same =
          s != null
              && s.generation == plan.generation
              && Objects.equals(s.next, plan.seen)
              && s.pause.isEmpty();
      added = 0;
      answers.add(same ? fire(s, plan, room) : List.of());
      room -= added;
    }
    return answers;
  }

  private int added; // tasks, by the last fire

  private List<FireOutcome> fire(ModelSchedule s, Plan plan, long room) {
    if (plan.instants.stream()
        .filter(planned -> plan.seen.filter(seen -> planned >= seen).isEmpty())
        .anyMatch(planned -> !s.buffer.contains(planned))) {
      return List.of(); // this call came before
    }
    List<FireOutcome> outcomes = new ArrayList<>();
    s.runs = open(s);
    s.isFull = false;
    s.next = plan.next;
    s.fires = plan.fires;
    boolean waitsForRun = plan.waits;
    boolean stopped = false;
    int missed = plan.missed;
    for (long planned : plan.instants) {
      boolean wasBuffered = s.buffer.contains(planned);
      String id = ids.apply(plan.name, planned);
      int toTask = planned == plan.instants.getFirst() ? plan.missed : 0;
      FireOutcome outcome =
          s.remaining.equals(OptionalInt.of(0))
              ? FireOutcome.MISSED
              : decide(plan.name, s, s.settings.overlap(), planned, id, toTask, room - added);
      outcomes.add(outcome);
      if (outcome == FireOutcome.FIRED && s.remaining.isPresent()) {
        s.remaining = OptionalInt.of(s.remaining.getAsInt() - 1);
      }
      if (outcome == FireOutcome.FULL) {
        s.isFull = true;
        if (!wasBuffered && !stopped) {
          stopped = true;
          s.next = Optional.of(planned);
          s.fires = Optional.of(AGAIN);
          waitsForRun = false;
        }
      } else if (outcome != FireOutcome.BUFFERED || !wasBuffered) {
        boolean fired = outcome == FireOutcome.FIRED;
        s.note(planned, outcome, fired ? Optional.of(id) : Optional.empty(), missed);
        missed = 0;
      }
    }
    if (missed > 0) {
      s.note(plan.seen.orElseThrow(), FireOutcome.MISSED, Optional.empty(), missed);
    }
    if (s.remaining.equals(OptionalInt.of(0))) {
      s.next = Optional.empty();
      s.fires = Optional.empty();
      s.buffer.clear();
      waitsForRun = false;
    }
    s.waits = waitsForRun || !s.buffer.isEmpty();
    s.due = s.waits && s.runs.isEmpty() ? Optional.of(s.isFull ? AGAIN : AT_ONCE) : s.fires;
    return outcomes;
  }

  private FireOutcome decide(
      String name,
      ModelSchedule s,
      OverlapPolicy overlap,
      long planned,
      String id,
      int missed,
      long room) {
    int mayWait =
        switch (overlap) {
          case SKIP -> 0;
          case BUFFER_ONE -> 1;
          case BUFFER_ALL -> MOST_BUFFERED;
          case CANCEL_RUNNING, ALLOW -> -1;
        };
    boolean isNew = !tasks.containsKey(id);
    if (isNew && !s.runs.isEmpty() && mayWait >= 0) {
      if (s.buffer.contains(planned)) {
        return FireOutcome.BUFFERED;
      } else if (s.buffer.size() >= mayWait) {
        return FireOutcome.SKIPPED;
      }
      s.buffer.add(planned);
      return FireOutcome.BUFFERED;
    }
    if (isNew && room < 1) {
      return FireOutcome.FULL;
    }
    s.buffer.remove(planned);
    if (!isNew) {
      return FireOutcome.FIRED;
    }
    if (overlap == OverlapPolicy.CANCEL_RUNNING) {
      s.runs.forEach(this::cancel);
      s.runs.clear();
    }
    s.runs.add(id);
    tasks.put(id, new ModelScheduleRun(name, planned, missed));
    added++;
    return FireOutcome.FIRED;
  }

  /// @param id of the task that a fire would have
  FireOutcome trigger(String name, boolean anyway, long planned, String id) {
    ModelSchedule s = schedules.get(name);
    return outOfTurn(
        name,
        anyway ? OverlapPolicy.ALLOW : s.settings.overlap(),
        planned,
        id,
        FireOutcome.TRIGGERED);
  }

  /// @return the instants that were submitted
  List<Long> backfill(String name, List<Long> instants) {
    List<Long> submitted = new ArrayList<>();
    for (long planned : instants) {
      String id = ids.apply(name, planned);
      if (tasks.containsKey(id)) {
        continue;
      } else if (room() < 1) {
        break;
      }
      outOfTurn(name, OverlapPolicy.ALLOW, planned, id, FireOutcome.BACKFILLED);
      submitted.add(planned);
    }
    return submitted;
  }

  private FireOutcome outOfTurn(
      String name, OverlapPolicy overlap, long planned, String id, FireOutcome noted) {
    ModelSchedule s = schedules.get(name);
    List<String> runs = s.runs;
    s.runs = open(s);
    FireOutcome outcome = decide(name, s, overlap, planned, id, 0, room());
    if (outcome == FireOutcome.FULL) {
      s.runs = runs;
      return outcome;
    }
    boolean fired = outcome == FireOutcome.FIRED;
    s.note(planned, fired ? noted : outcome, fired ? Optional.of(id) : Optional.empty(), 0);
    s.waits |= !s.buffer.isEmpty();
    return fired ? noted : outcome;
  }

  void cancel(String id) {
    ModelScheduleRun run = tasks.get(id);
    if (run.state == ModelScheduleRun.State.WAITING) {
      end(run, ModelScheduleRun.State.CANCELLED);
    } else if (run.state == ModelScheduleRun.State.RUNNING) {
      run.cancelling = true;
    }
  }

  void end(ModelScheduleRun run, ModelScheduleRun.State state) {
    run.state = state;
    run.cancelling = false;
    run.ended = Optional.of(now);
    ModelSchedule s = schedules.get(run.schedule);
    if (s != null && s.waits) {
      s.due = Optional.of(AT_ONCE);
    }
  }

  /// An attempt that failed or was lost with its leader.
  void fail(ModelScheduleRun run, boolean lost) {
    run.charged++;
    if (lost && run.cancelling) {
      end(run, ModelScheduleRun.State.CANCELLED);
    } else if (run.charged >= maxAttempts) {
      end(run, ModelScheduleRun.State.DEAD);
    } else if (run.cancelling) {
      end(run, ModelScheduleRun.State.CANCELLED);
    } else {
      run.state = ModelScheduleRun.State.WAITING;
    }
  }

  boolean retry(ModelScheduleRun run) {
    if (run.state != ModelScheduleRun.State.DEAD || room() < 1) {
      return false;
    }
    run.state = ModelScheduleRun.State.WAITING;
    run.charged = 0;
    run.ended = Optional.empty();
    return true;
  }

  /// A repair pass lets the leader look at what waits for the end of a run.
  void repair() {
    schedules.values().stream()
        .filter(s -> s.waits && open(s).isEmpty() && s.pause.isEmpty() && s.due.isEmpty())
        .forEach(s -> s.due = Optional.of(s.fires.orElse(AT_ONCE)));
  }
}
