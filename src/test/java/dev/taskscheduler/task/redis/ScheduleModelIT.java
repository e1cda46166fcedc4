package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Long random sequences of all that happens to schedules, against [ScheduleModel]: after each step
/// what Redis shows of them and of their tasks is compared with what the model holds.
///
/// The model's clock stands long before Redis's, which cannot be set: the planner is given the
/// model's time, and what a put computes is checked by Redis's time and then moved to the model's.
/// So which of the members of `due` are due by Redis's clock is not tested here.
///
/// `-Dschedule.model.seed=...` repeats one sequence; `-Dschedule.model.steps=...` makes them
/// longer.
class ScheduleModelIT extends OnOneRedis {
  private static final int STEPS = Integer.getInteger("schedule.model.steps", 500);
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final List<String> NAMES = List.of("a", "b", "c");

  private Random random;
  private ScheduleModel model;
  private ScheduleRun run;
  private final List<ScheduleRun.Planned> held = new ArrayList<>();
  private String step = "start";

  static List<Long> seeds() {
    Long seed = Long.getLong("schedule.model.seed");
    if (seed != null) {
      return List.of(seed);
    }
    Random seeds = new Random();
    return List.of(1L, 2L, 3L, seeds.nextLong(1_000_000), seeds.nextLong(1_000_000));
  }

  @Override
  TaskLimits limits() {
    return ScheduleRun.LIMITS;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void schedules_do_what_their_model_does(long seed) {
    random = new Random(seed);
    run = new ScheduleRun(store, random);
    model = run.model;
    run.token = token;
    ScheduleComparison comparison = new ScheduleComparison(run);
    int i = 0;
    try {
      for (; i < STEPS; i++) {
        one();
        comparison.compare();
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ", step " + i + ": " + step, e);
    }
  }

  private void one() {
    int dice = random.nextInt(100);
    if (dice < 8 || model.schedules.isEmpty()) {
      put();
    } else if (dice < 10) {
      delete();
    } else if (dice < 14) {
      pause();
    } else if (dice < 19) {
      resume();
    } else if (dice < 24) {
      trigger();
    } else if (dice < 27) {
      backfill();
    } else if (dice < 45) {
      pass();
    } else if (dice < 62) {
      look();
    } else if (dice < 68) {
      hold();
    } else if (dice < 73) {
      fireLate();
    } else if (dice < 81) {
      step = "claim";
      run.claim(1 + random.nextInt(4));
    } else if (dice < 91) {
      step = "end";
      run.end();
    } else if (dice < 93) {
      step = "promote";
      run.promote();
    } else if (dice < 95) {
      cancel();
    } else if (dice < 97) {
      retry();
    } else if (dice < 98) {
      newLeader();
    } else if (dice < 99) {
      staleFire();
    } else {
      step = "repair";
      Repairs.pass(store, run.token);
      model.repair();
    }
  }

  private String someName() {
    List<String> names = List.copyOf(model.schedules.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private void put() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    ModelSchedule.Settings settings = settings();
    for (int times = random.nextInt(5) == 0 ? 2 : 1; times > 0; times--) {
      step = "put " + name + " " + settings;
      run.put(name, settings);
    }
  }

  private ModelSchedule.Settings settings() {
    long startAt = model.now + random.nextLong(-30 * HOUR, 2 * HOUR);
    Optional<Long> endAt =
        random.nextInt(6) == 0
            ? Optional.of(Math.max(startAt, model.now) + random.nextLong(20 * HOUR))
            : Optional.empty();
    long jitter = random.nextInt(3) == 0 ? random.nextLong(1, 2 * HOUR) : 0;
    Optional<Long> every = Optional.empty();
    Optional<Long> fixedDelay = Optional.empty();
    List<ScheduleInstants.Hours> hours = new ArrayList<>();
    switch (random.nextInt(5)) {
      case 0 -> fixedDelay = Optional.of(random.nextLong(1, 120) * MINUTE);
      case 1 -> every = Optional.of(random.nextLong(20_000, 2 * HOUR));
      case 2 -> {
        every = Optional.of(random.nextLong(1, 4) * HOUR);
        hours.add(hours());
      }
      case 3 -> hours.add(hours());
      default -> hours.addAll(List.of(hours(), hours()));
    }
    CatchUp catchUp =
        new CatchUp(
            Duration.ofMinutes(random.nextInt(240)),
            CatchUp.Runs.values()[random.nextInt(CatchUp.Runs.values().length)],
            1 + random.nextInt(5));
    OverlapPolicy overlap = OverlapPolicy.values()[random.nextInt(OverlapPolicy.values().length)];
    OptionalInt remaining =
        random.nextInt(5) == 0 ? OptionalInt.of(1 + random.nextInt(6)) : OptionalInt.empty();
    return new ModelSchedule.Settings(
        new ScheduleInstants(hours, every, fixedDelay, startAt, endAt, jitter),
        overlap,
        catchUp,
        remaining);
  }

  private ScheduleInstants.Hours hours() {
    return new ScheduleInstants.Hours(
        random.nextInt(60), List.of(1, 2, 3, 6).get(random.nextInt(4)));
  }

  private void delete() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    step = "delete " + name;
    boolean there = model.schedules.remove(name) != null;
    assertEquals(there ? Change.CHANGED : Change.UNKNOWN, store.schedules.delete(name));
  }

  private void pause() {
    String name = someName();
    String note = "note " + random.nextInt(2);
    step = "pause " + name + " " + note;
    boolean changes = model.pause(name, note);
    assertEquals(changed(changes), store.schedules.pause(name, note));
  }

  private void resume() {
    String name = someName();
    step = "resume " + name;
    assertEquals(changed(model.resume(name)), store.schedules.resume(name));
  }

  private static Change changed(boolean changes) {
    return changes ? Change.CHANGED : Change.UNCHANGED;
  }

  private void trigger() {
    String name = someName();
    boolean anyway = random.nextInt(4) == 0;
    step = "trigger " + name + (anyway ? " anyway" : "");
    run.trigger(name, anyway);
  }

  private void backfill() {
    String name = someName();
    Set<Long> instants = new LinkedHashSet<>();
    ScheduleInstants all = model.schedules.get(name).settings.instants();
    for (int i = random.nextInt(4); i >= 0; i--) {
      all.next(model.now - random.nextLong(20 * HOUR))
          .filter(at -> at <= model.now)
          .ifPresent(instants::add);
    }
    step = "backfill " + name + " " + instants;
    List<Long> expected = model.backfill(name, List.copyOf(instants));
    Map<Instant, String> done =
        store
            .schedules
            .backfill(name, instants.stream().map(Instant::ofEpochMilli).toList())
            .orElseThrow();
    assertEquals(
        Set.copyOf(expected),
        new HashSet<>(done.keySet().stream().map(Instant::toEpochMilli).toList()));
  }

  private void pass() {
    long most = List.of(MINUTE / 2, 10 * MINUTE, HOUR, 6 * HOUR).get(random.nextInt(4));
    Optional<Long> next =
        model.schedules.values().stream()
            .flatMap(s -> s.fires.stream())
            .filter(at -> at > model.now)
            .min(Long::compare);
    model.now =
        next.isPresent() && random.nextBoolean()
            ? next.get() + (random.nextBoolean() ? 0 : random.nextLong(MINUTE))
            : model.now + random.nextLong(1, most);
    step = "time passes, to " + Instant.ofEpochMilli(model.now);
  }

  private void look() {
    step = "look";
    List<ScheduleRun.Planned> plans = run.plan();
    step = "look " + plans.stream().map(ScheduleRun.Planned::expected).toList();
    boolean twice = random.nextInt(4) == 0;
    run.fire(plans);
    if (twice) {
      step += ", twice";
      run.fire(plans);
    }
  }

  private void hold() {
    step = "hold a look";
    held.addAll(run.plan());
  }

  private void fireLate() {
    List<ScheduleRun.Planned> some = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (!held.isEmpty() && names.add(held.getFirst().expected().name())) {
      some.add(held.removeFirst());
    }
    step = "fire late " + some.stream().map(ScheduleRun.Planned::expected).toList();
    run.fire(some);
  }

  private Optional<String> someTask() {
    List<String> ids = List.copyOf(model.tasks.keySet());
    return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
  }

  private void cancel() {
    Optional<String> open =
        run.oneOf(
            model.tasks.keySet().stream().filter(id -> model.tasks.get(id).isOpen()).toList());
    step = "cancel " + open;
    open.or(this::someTask)
        .ifPresent(id -> {
          store.commands.cancel(id);
          model.cancel(id);
        });
  }

  private void retry() {
    Optional<String> dead =
        run.oneOf(
            model.tasks.keySet().stream()
                .filter(id -> model.tasks.get(id).state == ModelScheduleRun.State.DEAD)
                .toList());
    step = "retry " + dead;
    dead.or(this::someTask)
        .ifPresent(id -> {
          RetryResult result = store.commands.retry(List.of(id)).getFirst();
          assertEquals(
              model.retry(model.tasks.get(id)), result == RetryResult.RETRIED, result::toString);
        });
  }

  private void newLeader() {
    step = "a new leader";
    run.token = store.lead(run.token.epoch() + 1);
    store.claims.recover(run.token);
    run.lost();
  }

  private void staleFire() {
    step = "a leader of before fires";
    FencingToken old = new FencingToken(run.token.epoch() - 1, "00000000000000ff");
    List<ScheduleRun.Planned> plans = run.plan();
    assertThrows(
        StoreException.Fenced.class,
        () -> store.fires.fire(old, plans.stream().map(ScheduleRun.Planned::fire).toList()));
    assertThrows(StoreException.Fenced.class, () -> store.fires.due(old, 10));
    assertThrows(StoreException.Fenced.class, () -> store.fires.fault(old, "a", "no"));
  }
}
