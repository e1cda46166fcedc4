package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.task.redis.StoreModel.Place;
import dev.taskscheduler.task.redis.StoreModel.Setting;
import dev.taskscheduler.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Long random sequences of all calls, against [StoreModel]: after each step all keys that Redis
/// holds are compared with what the model holds.
///
/// `-Dstore.model.seed=...` repeats one sequence; `-Dstore.model.steps=...` makes them longer.
class StoreModelIT {
  private static final String NS = "{scheduler}:";
  private static final int STEPS = Integer.getInteger("store.model.steps", 2000);
  private static final List<Pause> PAUSES =
      List.of(
          new Pause.All(), new Pause.OfPriority(Priority.HIGH), new Pause.OfPriority(Priority.LOW));
  private static final List<String> QUEUES = List.of("default", "q:0", "q:1", "callback");
  private static RedisServer server;

  private ModelRun run;
  private LeaderSteps leader;
  private StoreOnRedis store;
  private StoreModel model;
  private Random random;

  static List<Long> seeds() {
    Long seed = Long.getLong("store.model.seed");
    if (seed != null) {
      return List.of(seed);
    }
    Random seeds = new Random();
    return List.of(1L, 2L, seeds.nextLong(1_000_000), seeds.nextLong(1_000_000));
  }

  @BeforeAll
  static void startRedis() {
    server = new RedisServer();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_store_does_what_its_model_does(long seed) {
    random = new Random(seed);
    try (StoreOnRedis opened = new StoreOnRedis(server, ModelRun.LIMITS)) {
      store = opened;
      store.jedis.flushAll();
      run = new ModelRun(store, random);
      model = run.model;
      leader = new LeaderSteps(run);
      int i = 0;
      try {
        for (; i < STEPS; i++) {
          one();
          run.compare();
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", step " + i + ": " + run.step, e);
      }
    }
  }

  private void one() {
    int dice = random.nextInt(100);
    if (dice < 18) {
      submit();
    } else if (dice < 34) {
      leader.claim();
    } else if (dice < 53) {
      leader.end();
    } else if (dice < 58) {
      leader.requeue();
    } else if (dice < 61) {
      leader.loseAClaim();
    } else if (dice < 66) {
      leader.promote();
    } else if (dice < 69) {
      leader.trim();
    } else if (dice < 72) {
      leader.newLeader();
    } else if (dice < 75) {
      leader.staleCall();
    } else if (dice < 80) {
      leader.cancelling();
    } else if (dice < 82) {
      leader.age();
    } else if (dice < 87) {
      cancel();
    } else if (dice < 91) {
      revive();
    } else if (dice < 94) {
      pause();
    } else if (dice < 96) {
      set();
    } else if (dice < 97) {
      aKeysTimeIsOver();
    } else {
      ask();
    }
  }

  private void submit() {
    List<CompletableFuture<SubmitResult>> answers = new ArrayList<>();
    List<SubmitResult> expected = new ArrayList<>();
    run.step = "submit";
    for (int i = random.nextInt(8); i >= 0; i--) {
      int number = numberToSubmit();
      String id = ModelTasks.id(number);
      NewTask task = ModelTasks.task(number);
      run.step += " " + id;
      expected.add(model.submit(id, task));
      answers.add(store.intake.submit(id, task));
    }
    assertEquals(expected, answers.stream().map(StoreOnRedis::get).toList(), run.step);
  }

  /// A new one, or one whose answer was lost a moment ago: long before it could have been trimmed.
  private int numberToSubmit() {
    int again = Math.max(run.submitted - random.nextInt(9), 1);
    boolean trimmed = standsInLists().contains(ModelTasks.id(again));
    return run.submitted > 0 && random.nextInt(5) == 0 && !trimmed ? again : ++run.submitted;
  }

  /// Ids without a task of whom something is left: cancelled and trimmed, or named by a key.
  private Set<String> standsInLists() {
    Set<String> ids = new TreeSet<>();
    model.ready.values().forEach(ids::addAll);
    model.unique.values().forEach(hold -> ids.add(hold.id()));
    model.idempotency.values().forEach(value -> ids.add(value.split(" ", 2)[0]));
    ids.removeAll(model.tasks.keySet());
    return ids;
  }

  private void cancel() {
    String id = run.someId();
    for (int times = random.nextInt(4) == 0 ? 2 : 1; times > 0; times--) {
      run.step = "cancel " + id;
      assertEquals(model.cancel(id), store.commands.cancel(id), run.step);
    }
  }

  private void revive() {
    List<String> ids = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      ids.add(run.someId());
      List<String> ended = new ArrayList<>(model.dead);
      ended.addAll(model.expired);
      run.oneOf(ended).ifPresent(ids::add);
    }
    run.step = "revive " + ids;
    List<RetryResult> expected = model.revive(ids);
    assertEquals(expected, store.commands.retry(ids), run.step);
  }

  private void pause() {
    Pause what = PAUSES.get(random.nextInt(PAUSES.size()));
    for (int times = random.nextInt(4) == 0 ? 2 : 1; times > 0; times--) {
      if (random.nextInt(3) == 0) {
        run.step = "pause " + what;
        model.pause(what);
        store.pauses.pause(what);
      } else {
        run.step = "resume " + what;
        model.resume(what);
        store.pauses.resume(what);
      }
    }
  }

  private void set() {
    String queue = QUEUES.get(random.nextInt(QUEUES.size()));
    String paused = "queue:" + queue;
    Queues.Change expected = Queues.Change.DONE;
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        Setting setting = new Setting(1 + random.nextInt(3), 1 + random.nextInt(3));
        run.step = "set " + queue + " " + setting;
        model.settings.put(queue, setting);
        assertEquals(expected, store.queues.put(queue, settings(setting)), run.step);
      }
      case 2, 3 -> {
        run.step = "delete the settings of " + queue;
        boolean wasPaused = model.paused.remove(paused);
        boolean there = model.settings.remove(queue) != null || wasPaused;
        expected = there ? expected : Queues.Change.UNKNOWN;
        assertEquals(expected, store.queues.delete(queue), run.step);
      }
      case 4 -> {
        run.step = "pause " + queue;
        model.paused.add(paused);
        assertEquals(expected, store.queues.pause(queue, "note"), run.step);
      }
      default -> {
        run.step = "resume " + queue;
        model.paused.remove(paused);
        assertEquals(expected, store.queues.resume(queue), run.step);
      }
    }
  }

  private static QueueSettings settings(Setting setting) {
    return new QueueSettings(
        Optional.of(setting.concurrency()),
        Optional.empty(),
        Optional.empty(),
        Optional.of(setting.weight()),
        Optional.empty(),
        TaskOptions.NONE);
  }

  private void aKeysTimeIsOver() {
    run.step = "a key's time is over";
    run.oneOf(List.copyOf(model.idempotency.keySet()))
        .ifPresent(key -> {
          model.idempotency.remove(key);
          store.jedis.del(NS + "idempotency:" + key);
        });
    run.oneOf(List.copyOf(model.unique.keySet()))
        .filter(key -> model.unique.get(key).window())
        .ifPresent(key -> {
          model.unique.remove(key);
          store.jedis.del(NS + "unique:" + key);
        });
  }

  private void ask() {
    run.step = "ask";
    var counts = store.queries.counts();
    var places =
        model.tasks.values().stream()
            .collect(Collectors.groupingBy(task -> task.place, Collectors.counting()));
    assertEquals(places.getOrDefault(Place.RUNNING, 0L), counts.running());
    assertEquals(places.getOrDefault(Place.SCHEDULED, 0L), counts.scheduled());
    assertEquals(model.done.size() + model.kept.size(), counts.completed());
    assertEquals(places.getOrDefault(Place.DEAD, 0L), counts.dead());
    assertEquals(places.getOrDefault(Place.EXPIRED, 0L), counts.expired());
    assertEquals(places.getOrDefault(Place.CANCELLED, 0L), counts.cancelled());
    for (Priority priority : Priority.values()) {
      long ready =
          model.tasks.values().stream()
              .filter(t -> t.place == Place.READY)
              .filter(t -> t.priority == priority)
              .count();
      assertEquals(ready, counts.ready().get(priority));
    }
    assertEquals(
        model.paused,
        store.pauses.paused().keySet().stream()
            .map(Pause::wire)
            .collect(Collectors.toCollection(TreeSet::new)));
    askFor(run.someId());
  }

  private void askFor(String id) {
    run.step = "ask for " + id;
    Optional<Task> found = store.queries.find(id);
    ModelTask task = model.tasks.get(id);
    assertEquals(task != null, found.isPresent(), run.step);
    if (task == null) {
      return;
    }
    String state = found.get().state().getClass().getSimpleName();
    String expected =
        switch (task.place) {
          case READY -> "Ready";
          case SCHEDULED -> task.charged > 0 ? "Retrying" : "Scheduled";
          case RUNNING -> "Running";
          case DONE, KEPT -> "Completed";
          case DEAD -> "Dead";
          case EXPIRED -> "Expired";
          case CANCELLED -> "Cancelled";
        };
    assertEquals(expected, state, run.step);
    if (found.get().state() instanceof TaskState.Dead(var _, var _, String error)) {
      assertEquals(task.error, error, run.step);
    }
    int starts = task.starts + (task.place == Place.RUNNING ? 1 : 0);
    assertEquals(starts, found.get().attempts(), run.step);
  }
}
