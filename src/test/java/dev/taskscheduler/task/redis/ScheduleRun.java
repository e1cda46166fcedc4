package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.ClockChange;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.Fires.DueSchedule;
import dev.taskscheduler.schedule.Fires.Fire;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.redis.ModelScheduleRun.State;
import dev.taskscheduler.task.redis.ScheduleModel.Plan;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// One random sequence of [ScheduleModelIT] under way: schedules in Redis and the model of them.
///
/// Redis's clock cannot be set, so the model's clock begins long before it, and what Redis computes
/// from its own clock is checked against that and then moved to the model's time.
final class ScheduleRun {
  private static final String NS = "{scheduler}:";
  private static final long BEGIN = Instant.parse("2025-06-01T00:00:00Z").toEpochMilli();
  static final int PENDING = 12;
  private static final int ATTEMPTS = 3;
  static final TaskLimits LIMITS =
      new TaskLimits(PENDING, ATTEMPTS, Duration.ofHours(1), 10_000, 10_000);
  private static final long AGAIN_MS = 5000;
  private static final long CLOCK_MS = 1000; // by which a put may be wrong about Redis's clock

  final StoreOnRedis store;
  final Random random;
  final ScheduleModel model;
  FencingToken token = new FencingToken(1, "0000000000000001");
  private final Map<String, Claim> claims = new HashMap<>(); // of the leader of now
  final Map<Integer, Long> generations = new HashMap<>();

  /// What the leader is to send, and what the model expects that to be.
  record Planned(Fire fire, Plan expected) {}

  ScheduleRun(StoreOnRedis store, Random random) {
    this.store = store;
    this.random = random;
    FireTasks tasks = new FireTasks(store.namespace.text(""));
    model =
        new ScheduleModel(
            BEGIN,
            PENDING,
            ATTEMPTS,
            (name, planned) -> tasks.id(name, Instant.ofEpochMilli(planned), ""));
  }

  long redisMs() {
    List<String> time = store.jedis.time();
    return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
  }

  <T> Optional<T> oneOf(List<T> from) {
    return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
  }

  void put(String name, ModelSchedule.Settings settings) {
    boolean isNew = !model.schedules.containsKey(name);
    boolean changes = model.put(name, settings);
    long before = redisMs();
    Change change = store.schedules.put(name, asked(name, settings)).change();
    long after = redisMs();
    assertEquals(isNew ? Change.CREATED : changes ? Change.CHANGED : Change.UNCHANGED, change);
    if (!changes) {
      return;
    }
    ScheduleView view = store.schedules.find(name).orElseThrow();
    ModelSchedule s = model.schedules.get(name);
    generations.put(s.generation, view.generation());
    Optional<Long> next = view.next().map(Instant::toEpochMilli);
    Optional<Long> first = settings.instants().nextFrom(before - CLOCK_MS);
    Optional<Long> last = settings.instants().nextFrom(after + CLOCK_MS);
    assertTrue(
        next.map(at -> at >= first.orElseThrow() && at <= last.orElse(at)).orElse(last.isEmpty()),
        () -> "stands at " + next + ", not " + first + " to " + last);
    Optional<Long> fires = next.map(at -> settings.instants().fires(name, at));
    assertEquals(fires, view.firesAt().map(Instant::toEpochMilli));
    assertEquals(s.pause.isPresent() ? Optional.empty() : fires, score(name));
    move(name, "next", s.next);
    move(name, "fire", s.fires);
    moveDue(name, s.due);
  }

  private Optional<Long> score(String name) {
    return Optional.ofNullable(store.jedis.zscore(NS + "due", name)).map(Double::longValue);
  }

  private void move(String name, String field, Optional<Long> to) {
    if (to.isPresent()) {
      store.jedis.hset(NS + "schedule:" + name, field, to.get().toString());
    } else {
      store.jedis.hdel(NS + "schedule:" + name, field);
    }
  }

  private void moveDue(String name, Optional<Long> to) {
    if (to.isPresent()) {
      store.jedis.zadd(NS + "due", to.get(), name);
    } else {
      store.jedis.zrem(NS + "due", name);
    }
  }

  private static NewSchedule asked(String name, ModelSchedule.Settings settings) {
    ScheduleInstants instants = settings.instants();
    Optional<Interval> interval =
        instants
            .every()
            .<Interval>map(ms -> new Interval.Every(Duration.ofMillis(ms)))
            .or(() ->
                instants.fixedDelay().map(ms -> new Interval.FixedDelay(Duration.ofMillis(ms))));
    Timing timing =
        new Timing(
            instants.hours().stream().map(each -> CronExpression.parse(each.cron(), name)).toList(),
            interval,
            List.of(),
            Instant.ofEpochMilli(instants.startAt()),
            instants.endAt().map(Instant::ofEpochMilli),
            ZoneId.of("UTC"),
            ClockChange.DEFAULT);
    return new NewSchedule(
        new ScheduleSettings(
            timing,
            false,
            settings.overlap(),
            settings.catchUp(),
            Duration.ofMillis(instants.jitter()),
            settings.remaining()),
        SchedulesOnRedis.TASK,
        "{\"payload\":1}".getBytes(UTF_8));
  }

  void trigger(String name, boolean anyway) {
    long before = redisMs();
    boolean isFull = model.room() < 1;
    var done = store.schedules.trigger(name, anyway);
    FireOutcome outcome = done.outcome().orElseThrow();
    long planned =
        outcome == FireOutcome.FULL && isFull
            ? before
            : store.schedules.records(name).getFirst().planned().toEpochMilli();
    assertTrue(planned >= before && planned <= redisMs(), "it fires now");
    String id = done.task().orElse("none");
    assertEquals(model.trigger(name, anyway, planned, id), outcome);
  }

  /// What the leader sees, and decides.
  List<Planned> plan() {
    List<String> expected = model.due();
    List<Planned> plans = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (DueSchedule due : store.fires.due(token, 10).schedules()) {
      seen.add(due.name());
      if (model.isDue(due.name())) {
        plans.add(plan(due));
      }
    }
    assertEquals(Set.copyOf(expected), seen);
    return plans;
  }

  private Planned plan(DueSchedule due) {
    ModelSchedule s = model.schedules.get(due.name());
    assertEquals(generations.get(s.generation), due.generation());
    assertEquals(s.next, due.next().map(Instant::toEpochMilli));
    assertEquals(model.open(s).size(), due.runs());
    assertEquals(s.buffer, due.buffered().stream().map(Instant::toEpochMilli).toList());
    Optional<Long> ended = due.next().isPresent() ? Optional.empty() : model.lastEnd(s);
    assertEquals(ended.isPresent(), due.lastEnd().isPresent());
    due.lastEnd().ifPresent(end -> assertTrue(redisMs() - end.toEpochMilli() < 60_000));
    DueSchedule moved =
        new DueSchedule(
            due.name(),
            due.generation(),
            due.settings(),
            due.task(),
            due.next(),
            due.runs(),
            ended.map(Instant::ofEpochMilli),
            due.buffered());
    Fire fire = FirePlanner.plan(moved, Instant.ofEpochMilli(model.now));
    Plan plan = model.plan(due.name());
    assertEquals(
        plan,
        new Plan(
            due.name(),
            s.generation,
            s.next,
            fire.instants().stream().map(Instant::toEpochMilli).toList(),
            fire.missed(),
            fire.next().map(Instant::toEpochMilli),
            fire.firesAt().map(Instant::toEpochMilli),
            fire.waitsForRun()));
    return new Planned(fire, plan);
  }

  void fire(List<Planned> plans) {
    List<List<FireOutcome>> expected = model.fire(plans.stream().map(Planned::expected).toList());
    long before = redisMs();
    assertEquals(expected, store.fires.fire(token, plans.stream().map(Planned::fire).toList()));
    long after = redisMs();
    model.schedules.forEach((name, s) -> {
      if (s.fires.equals(Optional.of(ScheduleModel.AGAIN))) {
        long fires = Long.parseLong(store.jedis.hget(NS + "schedule:" + name, "fire"));
        assertTrue(fires >= before + AGAIN_MS && fires <= after + AGAIN_MS, "again in 5 seconds");
        s.fires = Optional.of(model.now);
        move(name, "fire", s.fires);
      }
      if (s.due.equals(Optional.of(ScheduleModel.AGAIN))) {
        long due = score(name).orElseThrow();
        assertTrue(due >= before + AGAIN_MS && due <= after + AGAIN_MS, "again in 5 seconds");
        s.due = Optional.of(model.now);
        moveDue(name, s.due);
      }
    });
  }

  void claim(int limit) {
    for (Claim claim : store.claim(token, limit)) {
      ModelScheduleRun run = model.tasks.get(claim.id());
      assertEquals(State.WAITING, run.state);
      assertEquals(
          Optional.of(Instant.ofEpochMilli(run.planned)),
          claim.options().get(TaskOption.SCHEDULED_AT));
      run.state = State.RUNNING;
      claims.put(claim.id(), claim);
    }
  }

  void end() {
    Optional<Claim> some = oneOf(claims.keySet().stream().sorted().toList()).map(claims::get);
    if (some.isEmpty()) {
      return;
    }
    Claim claim = some.get();
    claims.remove(claim.id());
    ModelScheduleRun run = model.tasks.get(claim.id());
    int dice = random.nextInt(10);
    Outcome outcome = Outcome.SUCCESS;
    if (run.cancelling && dice < 7) {
      outcome = new Outcome.Cancelled();
      model.end(run, State.CANCELLED);
    } else if (dice < 6) {
      model.end(run, State.COMPLETED);
    } else if (dice < 8 || run.charged == ATTEMPTS - 1) {
      outcome = new Outcome.Failure("failed", false, Optional.empty());
      model.end(run, State.DEAD);
    } else {
      outcome = new Outcome.Failure("again", true, Optional.of(Duration.ofHours(3)));
      model.fail(run, false);
    }
    StoreOnRedis.get(store.claims.end(token, claim, outcome));
  }

  void promote() {
    for (String id : store.jedis.zrange(NS + "scheduled", 0, -1)) {
      store.jedis.zadd(NS + "scheduled", 1000, id);
    }
    store.maintenance.promote(token, 100);
  }

  /// Another leader took over, and all that ran was lost with the one before.
  void lost() {
    claims.clear();
    model.tasks.values().stream()
        .filter(run -> run.state == State.RUNNING)
        .forEach(run -> model.fail(run, true));
  }
}
