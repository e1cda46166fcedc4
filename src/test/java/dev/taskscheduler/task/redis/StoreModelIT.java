package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.idsAndAttempts;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.RedisServer;
import dev.taskscheduler.fence.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.ClaimOrder;
import dev.taskscheduler.task.Due;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.Submission;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/// Long random sequences of all calls, against [StoreModel]: after each step all that Redis holds
/// is compared with what the model holds.
///
/// `-Dstore.model.seed=...` repeats one sequence; `-Dstore.model.steps=...` makes them longer.
class StoreModelIT {
  private static final String NS = "{scheduler}:";
  private static final int STEPS = Integer.getInteger("store.model.steps", 2000);
  private static final TaskLimits LIMITS = new TaskLimits(40, 4, Duration.ofHours(1), 15, 8);
  private static RedisServer server;

  private StoreOnRedis store;
  private StoreModel model;
  private Random random;
  private FencingToken token;
  private long epoch;
  private int submitted;
  private final List<FencingToken> tokens = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>(); // of all leaders, also ended ones
  private final Set<String> started = new HashSet<>();
  private String step = "start";

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
    model = new StoreModel(LIMITS.maxPending(), LIMITS.maxAttempts());
    try (StoreOnRedis opened = new StoreOnRedis(server, LIMITS)) {
      store = opened;
      store.jedis.flushAll();
      newLeader();
      int i = 0;
      try {
        for (; i < STEPS; i++) {
          one();
          assertEquals(model.indexes(), indexes(), () -> "after " + step);
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", step " + i + ": " + step, e);
      }
    }
  }

  private void one() {
    int dice = random.nextInt(100);
    if (dice < 22) {
      submit();
    } else if (dice < 40) {
      claim();
    } else if (dice < 60) {
      end();
    } else if (dice < 70) {
      requeue();
    } else if (dice < 75) {
      loseAClaim();
    } else if (dice < 81) {
      promote();
    } else if (dice < 85) {
      trim();
    } else if (dice < 89) {
      newLeader();
      recover();
    } else if (dice < 94) {
      staleCall();
    } else {
      ask();
    }
  }

  private void submit() {
    List<CompletableFuture<Submission>> answers = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<Submission> expected = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      boolean again = submitted > 0 && random.nextInt(5) == 0;
      String id =
          "t%06d".formatted(again ? Math.max(submitted - random.nextInt(9), 1) : ++submitted);
      Life life = new Life(id);
      ids.add(id);
      expected.add(
          model.submit(id, life.priority(), life.delayed())
              ? new Submission.Accepted(id, Durability.MEMORY)
              : new Submission.QueueFull(LIMITS.maxPending()));
      answers.add(
          store.tasks.submit(
              id, new NewTask(life.priority(), "log", StoreOnRedis.payload(id), life.options())));
    }
    step = "submit " + ids;
    assertEquals(expected, answers.stream().map(StoreOnRedis::get).toList(), step);
  }

  /// The same priority whenever an id is sent again.
  private record Life(String id) {
    Priority priority() {
      return Priority.values()[Math.floorMod(id.hashCode(), 3)];
    }

    boolean delayed() {
      return Math.floorMod(id.hashCode(), 7) == 0;
    }

    TaskOptions options() {
      return delayed() ? StoreOnRedis.due(new Due.After(Duration.ofHours(2))) : TaskOptions.NONE;
    }
  }

  private void claim() {
    int limit = 1 + random.nextInt(7);
    step = "claim " + limit;
    List<Claim> claimed = store.claim(token, limit);
    assertEquals(model.claim(token.toString(), limit), idsAndAttempts(claimed), step);
    begun(claimed);
  }

  private void begun(List<Claim> claimed) {
    for (Claim claim : claimed) {
      assertTrue(started.add(claim.id() + "#" + claim.attempt()), "an attempt is used twice");
      assertArrayEquals(StoreOnRedis.payload(claim.id()), claim.payload());
      claims.add(claim);
    }
  }

  /// One that runs under the token that stands, or, sometimes, any that ever did.
  private Optional<Claim> someClaim() {
    List<Claim> current =
        claims.stream()
            .filter(c ->
                new StoreModel.Run(token.toString(), c.attempt()).equals(model.running.get(c.id())))
            .toList();
    List<Claim> from = current.isEmpty() || random.nextInt(6) == 0 ? claims : current;
    return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
  }

  private void end() {
    List<CompletableFuture<AttemptEnd>> answers = new ArrayList<>();
    List<AttemptEnd> expected = new ArrayList<>();
    step = "end";
    for (int i = random.nextInt(4); i >= 0; i--) {
      someClaim()
          .ifPresent(claim -> {
            boolean success = random.nextInt(4) > 0;
            Outcome outcome =
                success ? Outcome.SUCCESS : new Outcome.Failure("failed", false, Optional.empty());
            step += " " + claim.id() + "#" + claim.attempt() + (success ? " well" : " badly");
            for (int times = random.nextInt(5) == 0 ? 2 : 1; times > 0; times--) {
              expected.add(model.end(token.toString(), claim, success));
              answers.add(store.claims.end(token, claim, outcome));
            }
          });
    }
    assertEquals(expected, answers.stream().map(StoreOnRedis::get).toList(), step);
  }

  private void requeue() {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    List<Boolean> expected = new ArrayList<>();
    step = "requeue";
    for (int i = random.nextInt(3); i >= 0; i--) {
      someClaim()
          .ifPresent(claim -> {
            boolean delayed = random.nextBoolean();
            step += " " + claim.id() + "#" + claim.attempt() + (delayed ? " later" : "");
            for (int times = random.nextInt(5) == 0 ? 2 : 1; times > 0; times--) {
              expected.add(model.requeue(token.toString(), claim, delayed));
              answers.add(
                  store.claims.requeue(
                      token, claim, delayed ? Duration.ofHours(2) : Duration.ZERO));
            }
          });
    }
    assertEquals(expected, answers.stream().map(StoreOnRedis::get).toList(), step);
  }

  /// A claim whose answer is lost, or that arrives only after it was given up; then reconciled.
  private void loseAClaim() {
    int limit = 1 + random.nextInt(5);
    boolean late = random.nextBoolean();
    step = "lose a claim of " + limit + (late ? ", late" : "");
    Set<String> known = Set.copyOf(model.running.keySet());
    long sequence = store.nextSequence();
    List<String> expected = List.of();
    if (!late) {
      expected = model.claim(token.toString(), limit);
      store.claims.claim(token, sequence, limit, ClaimOrder.STRICT);
    }
    List<Claim> found = store.claims.reconcile(token, sequence, known);
    assertEquals(new TreeSet<>(expected), new TreeSet<>(idsAndAttempts(found)), step);
    assertEquals(expected.size(), found.size(), step);
    begun(found);
    if (late) {
      assertThrows(
          StoreException.Refused.class,
          () -> store.claims.claim(token, sequence, limit, ClaimOrder.STRICT));
    }
  }

  private void promote() {
    step = "promote";
    List<String> scheduled = new ArrayList<>(store.jedis.zrange(NS + "scheduled", 0, -1));
    Collections.shuffle(scheduled, random);
    List<String> due = scheduled.subList(0, random.nextInt(scheduled.size() + 1));
    for (int i = 0; i < due.size(); i++) {
      store.jedis.zadd(NS + "scheduled", 1000 + i, due.get(i));
    }
    int limit = 1 + random.nextInt(4);
    List<String> promoted = due.subList(0, Math.min(limit, due.size()));
    step = "promote " + promoted;
    assertEquals(promoted.size(), store.claims.promote(token, limit).promoted(), step);
    model.promote(promoted);
    due.subList(promoted.size(), due.size()).forEach(this::farAway);
  }

  private void farAway(String id) {
    store.jedis.zadd(NS + "scheduled", (System.currentTimeMillis() + 7_200_000) * 1.0, id);
  }

  private void trim() {
    int limit = 1 + random.nextInt(12);
    step = "trim " + limit;
    List<String> deadByEnd = store.jedis.zrange(NS + "dead", 0, -1);
    int expected = model.trim(limit, LIMITS.maxFinished(), LIMITS.maxDead(), deadByEnd);
    assertEquals(expected, store.claims.trim(token, limit), step);
    claims.removeIf(c -> !model.lives.containsKey(c.id()) && random.nextInt(4) > 0);
  }

  private void newLeader() {
    epoch += 1 + random.nextInt(3);
    token = store.lead(epoch);
    tokens.add(token);
    step = "new leader " + token;
  }

  private void recover() {
    step = "recover under " + token;
    int[] expected = model.recover(token.toString());
    var recovered = store.claims.recover(token);
    assertEquals(expected[0] + " " + expected[1], recovered.requeued() + " " + recovered.dead());
    model.scheduled.forEach(this::farAway); // else five seconds may pass while this runs
  }

  private void staleCall() {
    FencingToken stale = tokens.get(random.nextInt(tokens.size()));
    if (stale.equals(token)) {
      stale = new FencingToken(epoch, "ffffffffffffffff");
    }
    step = "a call under the old " + stale;
    Claim claim =
        someClaim()
            .orElse(
                new Claim(
                    "t000001",
                    1,
                    0,
                    Priority.LOW,
                    "log",
                    TaskOptions.NONE,
                    new byte[0],
                    null,
                    null));
    FencingToken old = stale;
    List<Executable> calls =
        List.of(
            () -> store.claims.claim(old, 1_000_000, 5, ClaimOrder.STRICT),
            () -> store.claims.reconcile(old, 1_000_000, Set.of()),
            () -> get(store.claims.end(old, claim, Outcome.SUCCESS)),
            () -> get(store.claims.requeue(old, claim, Duration.ZERO)),
            () -> store.claims.recover(old),
            () -> store.claims.promote(old, 5),
            () -> store.claims.trim(old, 5));
    calls.forEach(call -> assertThrows(StoreException.Fenced.class, call, step));
  }

  private void ask() {
    step = "ask";
    var counts = get(store.tasks.counts());
    assertEquals(model.running.size(), counts.running());
    assertEquals(model.scheduled.size(), counts.scheduled());
    assertEquals(model.done.size(), counts.completed());
    assertEquals(model.dead.size(), counts.dead());
    model.ready.forEach((p, queue) -> assertEquals(queue.size(), counts.ready().get(p)));
    String id = "t%06d".formatted(1 + random.nextInt(submitted + 1));
    step = "ask for " + id;
    Optional<Task> task = get(store.tasks.find(id));
    StoreModel.Life life = model.lives.get(id);
    assertEquals(life != null, task.isPresent(), step);
    if (life != null) {
      StoreModel.Place place =
          switch (task.get().state()) {
            case TaskState.Ready() -> StoreModel.Place.READY;
            case TaskState.Scheduled s -> StoreModel.Place.SCHEDULED;
            case TaskState.Running r -> StoreModel.Place.RUNNING;
            case TaskState.Completed c -> StoreModel.Place.DONE;
            case TaskState.Dead d -> StoreModel.Place.DEAD;
            case TaskState.Retrying r -> StoreModel.Place.SCHEDULED;
            case TaskState.Expired e -> throw new AssertionError("expired: " + id);
            case TaskState.Cancelled c -> throw new AssertionError("cancelled: " + id);
          };
      assertEquals(life.place, place, step);
      int starts = life.starts + (place == StoreModel.Place.RUNNING ? 1 : 0);
      assertEquals(starts, task.get().attempts(), step);
    }
  }

  /// All that Redis holds, in the form of [StoreModel#indexes]; a key that the model does not know
  /// shows as a record too many.
  private Map<String, Object> indexes() {
    Map<String, Object> all = new TreeMap<>();
    Set<String> keys = store.jedis.keys(NS + "task:*");
    List<String> ids =
        keys.stream().filter(k -> k.startsWith(NS + "task:")).map(k -> k.substring(17)).toList();
    Map<String, Response<String>> records = new TreeMap<>();
    try (Pipeline pipeline = store.jedis.pipelined()) {
      Map<Priority, Response<List<String>>> ready = new TreeMap<>();
      for (Priority priority : Priority.values()) {
        ready.put(priority, pipeline.lrange(NS + "ready:" + priority.wire(), 0, -1));
      }
      var running = pipeline.hgetAll(NS + "running");
      var scheduled = pipeline.zrange(NS + "scheduled", 0, -1);
      var done = pipeline.lrange(NS + "done", 0, -1);
      var dead = pipeline.zrange(NS + "dead", 0, -1);
      ids.forEach(id -> records.put(id, pipeline.get(NS + "task:" + id)));
      pipeline.sync();
      ready.forEach((p, queue) -> all.put(p.wire(), queue.get().reversed()));
      Map<String, StoreModel.Run> runs = new TreeMap<>();
      running
          .get()
          .forEach((id, value) -> {
            var parsed = TaskRecord.Running.parse(value);
            runs.put(id, new StoreModel.Run(parsed.token(), parsed.attempt()));
          });
      all.put("running", runs);
      all.put("scheduled", new TreeSet<>(scheduled.get()));
      all.put("done", done.get());
      all.put("dead", new TreeSet<>(dead.get()));
    }
    Map<String, String> shown = new TreeMap<>();
    records.forEach((id, record) -> shown.put(id, shown(id, record.get())));
    all.put("records", shown);
    return all;
  }

  private static String shown(String id, String record) {
    String payload = new String(StoreOnRedis.payload(id), StandardCharsets.UTF_8);
    assertTrue(record.endsWith("\n" + payload), record);
    assertTrue(record.startsWith("log" + OptionText.write(new Life(id).options()), 63), record);
    int tab = record.substring(0, record.length() - payload.length()).indexOf('\t');
    return "%s %s %s %s%s"
        .formatted(
            record.charAt(0),
            record.substring(27, 33),
            record.substring(45, 49),
            record.charAt(49),
            tab < 0 ? "" : " " + record.substring(tab + 1, record.length() - payload.length() - 1));
  }
}
