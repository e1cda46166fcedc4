package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Fires.Fire;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/// What tests of schedules begin with. Time passes in them by hand: a schedule is moved back.
abstract class SchedulesOnRedis extends OnOneRedis {
  static final NewTask TASK =
      new NewTask(Priority.HIGH, "log", "{\"at\":\"{{scheduledAt}}\"}".getBytes(UTF_8));

  static NewSchedule every(Duration period) {
    return every(period, OverlapPolicy.ALLOW, CatchUp.DEFAULT);
  }

  static NewSchedule every(Duration period, OverlapPolicy overlap, CatchUp catchUp) {
    return schedule(new Interval.Every(period), overlap, catchUp, OptionalInt.empty());
  }

  static NewSchedule schedule(
      Interval interval, OverlapPolicy overlap, CatchUp catchUp, OptionalInt remaining) {
    return new NewSchedule(
        new ScheduleSettings(
            Timing.of(interval, Instant.EPOCH), true, overlap, catchUp, Duration.ZERO, remaining),
        TASK,
        "{\"payload\":1}".getBytes(UTF_8));
  }

  ScheduleView view(String name) {
    return store.schedules.find(name).orElseThrow();
  }

  private int passed; // so that no two instants are in the same millisecond

  /// Lets so many planned instants of a schedule by `every` have passed, the last one just now.
  void pass(String name, Duration period, int instants) {
    pass(name, period, instants, Duration.ofSeconds(1));
  }

  /// @param ago how long ago the last one was
  void pass(String name, Duration period, int instants, Duration ago) {
    long last = Instant.now().minus(ago).toEpochMilli();
    long next = last - period.toMillis() * (instants - 1) + passed++;
    String key = NS + "schedule:" + name;
    String settings =
        store.jedis.hget(key, "settings").replaceFirst("created=\\d+", "created=" + next);
    store.jedis.hset(key, "settings", settings);
    store.jedis.hset(key, "next", String.valueOf(next));
    store.jedis.hset(key, "fire", String.valueOf(next));
    if (!store.jedis.hexists(key, "paused")) {
      store.jedis.zadd(NS + "due", next, name);
    }
  }

  /// What the leader does when it looks, once.
  List<FireOutcome> look() {
    Fires.Due due = store.fires.due(token, 200);
    List<Fire> plans =
        due.schedules().stream().map(each -> FirePlanner.plan(each, due.now())).toList();
    return store.fires.fire(token, plans).stream().flatMap(List::stream).toList();
  }

  void endOne() {
    StoreOnRedis.get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
  }
}
