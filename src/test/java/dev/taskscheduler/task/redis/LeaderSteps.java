package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static dev.taskscheduler.task.redis.StoreOnRedis.idsAndAttempts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.function.Executable;

/// The leader's steps of [StoreModelIT].
final class LeaderSteps {
  private static final String NS = "{scheduler}:";
  private static final Duration AGEING = Duration.ofHours(1);

  private final ModelRun run;
  private final StoreOnRedis store;
  private final StoreModel model;
  private final Random random;

  LeaderSteps(ModelRun run) {
    this.run = run;
    this.store = run.store;
    this.model = run.model;
    this.random = run.random;
  }

  private PriorityShares order(int limit) {
    return switch (random.nextInt(3)) {
      case 0 -> PriorityShares.STRICT;
      case 1 -> {
        int high = random.nextInt(limit + 1);
        int medium = random.nextInt(limit - high + 1);
        yield new PriorityShares(high, medium, limit - high - medium, Duration.ZERO);
      }
      default -> new PriorityShares(0, 0, 0, AGEING);
    };
  }

  private Map<Priority, List<LeaderModel.Turn>> turns() {
    Map<Priority, List<LeaderModel.Turn>> turns = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      turns.put(
          priority,
          new ArrayList<>(
              store.jedis.zrangeWithScores(NS + "turns:" + priority.wire(), 0, -1).stream()
                  .map(turn -> new LeaderModel.Turn(turn.getElement(), turn.getScore()))
                  .toList()));
    }
    return turns;
  }

  void claim() {
    int limit = 1 + random.nextInt(7);
    PriorityShares order = order(limit);
    run.step = "claim " + limit + " " + order;
    var expected = run.leader().claim(limit, order, turns());
    var claimed = store.claims.claim(run.token, store.nextSequence(), limit, order);
    assertEquals(expected.claims(), idsAndAttempts(claimed.claims()), run.step);
    assertEquals(expected.expired(), claimed.expired(), run.step);
    run.begun(claimed.claims());
  }

  /// Lets a task have waited for some hours more than it has.
  void age() {
    String id = run.someId();
    ModelTask task = model.tasks.get(id);
    if (task != null && task.live()) {
      task.ageHours = 1 + random.nextInt(4);
      Duration age = AGEING.multipliedBy(task.ageHours).plusMinutes(1 + random.nextInt(50));
      task.submittedUs = Instant.now().minus(age).toEpochMilli() * 1000;
      store.jedis.setrange(NS + "task:" + id, 50, "%013x".formatted(task.submittedUs));
    }
  }

  private Outcome outcome() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> Outcome.SUCCESS;
      case 4 -> new Outcome.Success("{\"a\":\n\"=\"}".getBytes(StandardCharsets.UTF_8));
      case 5, 6 -> new Outcome.Failure("failed", random.nextBoolean(), Optional.empty());
      case 7, 8 ->
          new Outcome.Failure(
              "failed: again", random.nextBoolean(), Optional.of(Duration.ofHours(3)));
      default -> new Outcome.Cancelled();
    };
  }

  /// Some ends; those of one kind go together, for among others the order of a call is its own.
  void end() {
    List<CompletableFuture<AttemptEnd>> answers = new ArrayList<>();
    List<AttemptEnd> expected = new ArrayList<>();
    run.step = "end";
    for (int i = random.nextInt(4); i >= 0; i--) {
      Optional<Claim> some = run.someClaim();
      if (some.isPresent()) {
        Claim claim = some.get();
        Outcome outcome = outcome();
        run.step += " " + claim.id() + "#" + claim.attempt() + " " + outcome;
        boolean alone = !outcome.equals(Outcome.SUCCESS) || !claim.options().endsPlainly();
        if (alone) {
          answers.forEach(StoreOnRedis::get);
        }
        for (int times = random.nextInt(5) == 0 ? 2 : 1; times > 0; times--) {
          expected.add(run.leader().end(claim, outcome));
          answers.add(store.claims.end(run.token, claim, outcome));
        }
        if (alone) {
          answers.forEach(StoreOnRedis::get);
        }
      }
    }
    assertEquals(expected, answers.stream().map(StoreOnRedis::get).toList(), run.step);
  }

  void requeue() {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    List<Boolean> expected = new ArrayList<>();
    run.step = "requeue";
    for (int i = random.nextInt(3); i >= 0; i--) {
      Optional<Claim> some = run.someClaim();
      if (some.isPresent()) {
        Claim claim = some.get();
        boolean delayed = random.nextBoolean();
        run.step += " " + claim.id() + "#" + claim.attempt() + (delayed ? " later" : "");
        boolean cancel = model.cancelling.contains(claim.id()) && run.runs(claim);
        for (int times = !cancel && random.nextInt(5) == 0 ? 2 : 1; times > 0; times--) {
          expected.add(run.leader().requeue(claim, delayed));
          answers.add(
              store.claims.requeue(run.token, claim, delayed ? ModelTasks.LATER : Duration.ZERO));
        }
      }
    }
    assertEquals(expected, answers.stream().map(StoreOnRedis::get).toList(), run.step);
  }

  /// A claim whose answer is lost, or that arrives only after it was given up; then reconciled.
  void loseAClaim() {
    int limit = 1 + random.nextInt(5);
    PriorityShares order = order(limit);
    boolean late = random.nextBoolean();
    run.step = "lose a claim of " + limit + " " + order + (late ? ", late" : "");
    Map<String, Integer> known = new HashMap<>();
    model.running.forEach((id, held) -> known.put(id, held.attempt()));
    long sequence = store.nextSequence();
    List<String> expected = List.of();
    if (!late) {
      expected = run.leader().claim(limit, order, turns()).claims();
      store.claims.claim(run.token, sequence, limit, order);
    }
    var found = store.claims.reconcile(run.token, sequence, known);
    assertEquals(new TreeSet<>(expected), new TreeSet<>(idsAndAttempts(found)), run.step);
    assertEquals(expected.size(), found.size(), run.step);
    run.begun(found);
    assertThrows(
        StoreException.Refused.class,
        () -> store.claims.claim(run.token, sequence, limit, order),
        "it comes late, or twice");
  }

  void promote() {
    List<String> scheduled = new ArrayList<>(model.scheduled.keySet());
    Collections.shuffle(scheduled, random);
    List<String> due = scheduled.subList(0, random.nextInt(scheduled.size() + 1));
    for (int i = 0; i < due.size(); i++) {
      store.jedis.zadd(NS + "scheduled", 1000 + i, due.get(i));
    }
    int limit = 1 + random.nextInt(4);
    List<String> promoted = due.subList(0, Math.min(limit, due.size()));
    run.step = "promote " + promoted;
    assertEquals(promoted.size(), store.maintenance.promote(run.token, limit).promoted(), run.step);
    run.leader().promote(promoted);
    due.subList(promoted.size(), due.size()).forEach(this::putOff);
  }

  private void putOff(String id) {
    double due = System.currentTimeMillis() + ModelTasks.LATER.toMillis();
    store.jedis.zadd(NS + "scheduled", due, id);
    model.scheduled.put(id, ModelTasks.LATER.toHours());
  }

  void cancelling() {
    run.step = "cancelling";
    List<String> asked = run.leader().cancelling();
    assertEquals(Set.copyOf(asked), Set.copyOf(store.maintenance.cancelling(run.token)), run.step);
  }

  void trim() {
    int limit = 1 + random.nextInt(12);
    run.oneOf(List.copyOf(model.kept.keySet()))
        .ifPresent(id -> {
          model.kept.put(id, StoreModel.OVER);
          store.jedis.zadd(NS + "retained", 1000, id);
        });
    run.step = "trim " + limit;
    Map<String, List<String>> byTime = new HashMap<>();
    for (String index : List.of("retained", "dead", "expired", "cancelled")) {
      byTime.put(index, store.jedis.zrange(NS + index, 0, -1));
    }
    var limits = ModelRun.LIMITS;
    int expected = run.leader().trim(limit, limits.maxFinished(), limits.maxDead(), byTime);
    assertEquals(expected, store.maintenance.clean(run.token, limit), run.step);
    run.claims.removeIf(c -> !model.tasks.containsKey(c.id()) && random.nextInt(4) > 0);
  }

  void newLeader() {
    run.lead(run.token.epoch() + 1 + random.nextInt(3));
    run.step = "recover under " + run.token;
    List<Integer> expected = run.leader().recover();
    var recovered = store.claims.recover(run.token);
    assertEquals(expected, List.of(recovered.requeued(), recovered.dead(), recovered.cancelled()));
    model.scheduled.keySet().forEach(this::putOff); // else five seconds may pass while this runs
  }

  void staleCall() {
    FencingToken stale = run.tokens.get(random.nextInt(run.tokens.size()));
    FencingToken old =
        stale.equals(run.token) ? new FencingToken(stale.epoch(), "ffffffffffffffff") : stale;
    run.step = "a call under the old " + stale;
    Claim claim =
        run.someClaim()
            .orElse(
                new Claim(
                    ModelTasks.id(1),
                    1,
                    0,
                    Priority.LOW,
                    "log",
                    TaskOptions.NONE,
                    new byte[0],
                    Instant.EPOCH,
                    Instant.EPOCH));
    List<Executable> calls =
        List.of(
            () -> store.claims.recordLeader(old),
            () -> store.claims.claimFirst(old, 1_000_000, 5, order(5)),
            () -> store.claims.claim(old, 1_000_000, 5, order(5)),
            () -> store.claims.reconcile(old, 1_000_000, Map.of()),
            () -> get(store.claims.end(old, claim, outcome())),
            () -> get(store.claims.requeue(old, claim, Duration.ZERO)),
            () -> store.claims.recover(old),
            () -> store.maintenance.promote(old, 5),
            () -> store.maintenance.cancelling(old),
            () -> store.maintenance.clean(old, 5));
    calls.forEach(call -> assertThrows(StoreException.Fenced.class, call, run.step));
  }
}
