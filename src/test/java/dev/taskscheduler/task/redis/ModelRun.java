package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.TaskLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// One random sequence under way: a store, the model beside it, and what has come of both so far.
final class ModelRun {
  static final TaskLimits LIMITS = new TaskLimits(40, 4, java.time.Duration.ofHours(1), 15, 8);

  final StoreOnRedis store;
  final Random random;
  final StoreModel model = new StoreModel(LIMITS.maxPending(), LIMITS.maxAttempts());
  final List<FencingToken> tokens = new ArrayList<>();
  final List<Claim> claims = new ArrayList<>(); // of all leaders, also ended ones
  FencingToken token;
  int submitted;
  String step = "start";

  ModelRun(StoreOnRedis store, Random random) {
    this.store = store;
    this.random = random;
    lead(1);
  }

  void lead(long epoch) {
    token = store.lead(epoch);
    tokens.add(token);
    store.claims.recordLeader(token);
    model.leaders.add(epoch + " node1");
  }

  LeaderModel leader() {
    return new LeaderModel(model, token.toString());
  }

  void begun(List<Claim> claimed) {
    for (Claim claim : claimed) {
      ModelTask task = model.tasks.get(claim.id());
      assertTrue(task.begun.add(claim.attempt()), "an attempt is used twice");
      String payload = new String(claim.payload(), java.nio.charset.StandardCharsets.UTF_8);
      boolean isCallback = task.type.equals(Callback.TYPE); // its payload tells times, too
      assertEquals(
          task.payload, isCallback ? payload.replaceAll("(?s),\"type\":.*", "}") : payload);
      assertEquals(task.options, TaskOptionsCodec.write(claim.options()), step);
      assertEquals(task.charged, claim.charged(), step);
      claims.add(claim);
    }
  }

  boolean runs(Claim claim) {
    return new StoreModel.Run(token.toString(), claim.attempt())
        .equals(model.running.get(claim.id()));
  }

  /// One that runs under the token that stands, or, sometimes, any that ever did.
  Optional<Claim> someClaim() {
    List<Claim> current = claims.stream().filter(this::runs).toList();
    return oneOf(current.isEmpty() || random.nextInt(6) == 0 ? claims : current);
  }

  <T> Optional<T> oneOf(List<T> from) {
    return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
  }

  /// Any task, more often one that there is.
  String someId() {
    List<String> ids = model.tasks.keySet().stream().sorted().toList();
    return ids.isEmpty() || random.nextInt(6) == 0
        ? ModelTasks.id(1 + random.nextInt(submitted + 1))
        : ids.get(random.nextInt(ids.size()));
  }

  /// All that Redis holds is what the model holds.
  void compare() {
    StorePicture picture = StorePicture.of(store.jedis);
    picture.callbacks.forEach((id, parent) -> {
      if (!model.tasks.containsKey(id)) {
        assertTrue(id.matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8000-[0-9a-f]{12}"), id);
        assertTrue(model.named(parent, id), () -> "a callback that nobody asked for: " + id);
      }
    });
    picture.submitted.forEach((id, at) -> {
      ModelTask task = model.tasks.get(id);
      if (task != null && task.submittedUs == 0) {
        task.submittedUs = at;
      }
    });
    assertEquals(
        Map.of(), StorePicture.differences(model.picture(), picture.keys), () -> "after " + step);
    model.check();
    QueueIndexes.check(store.jedis, queue -> model.room(queue) > 0, () -> "after " + step);
  }
}
