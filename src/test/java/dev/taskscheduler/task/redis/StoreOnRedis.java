package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.StoreFormat;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Pauses;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskCommands;
import dev.taskscheduler.task.TaskIntake;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskMaintenance;
import dev.taskscheduler.task.TaskPorts;
import dev.taskscheduler.task.TaskQueries;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;

/// Both stores on one Redis, and a lease that a test sets by hand: short words for what tests do
/// again and again.
final class StoreOnRedis implements AutoCloseable {
  static final TaskLimits LIMITS = new TaskLimits(10_000, 3, Duration.ofHours(1), 10_000, 10_000);

  final Redis redis;
  final RedisTasks tasks;
  final TaskIntake intake;
  final TaskCommands commands;
  final Pauses pauses;
  final TaskQueries queries;
  final ClusterQueries cluster;
  final Queues queues;
  final Schedules schedules;
  final Fires fires;
  final Claims claims;
  final TaskMaintenance maintenance;
  final Namespace namespace = new Namespace("scheduler");
  final Jedis jedis;
  private final Map<Claims.Signal, Runnable> actions = new ConcurrentHashMap<>();
  private long sequence;

  StoreOnRedis(RedisServer server, TaskLimits limits) {
    this(server, server.redis(12), limits);
  }

  StoreOnRedis(RedisServer server, Redis redis, TaskLimits limits) {
    this.redis = redis;
    this.tasks = new RedisTasks(redis, new Namespace("scheduler"), limits, Duration.ZERO);
    TaskPorts ports = tasks.ports();
    this.intake = ports.intake();
    this.commands = ports.commands();
    this.pauses = ports.pauses();
    this.queries = ports.queries();
    this.cluster = tasks.cluster();
    this.queues = tasks.queues();
    this.schedules = tasks.schedules();
    this.fires = tasks.fires();
    this.claims = tasks.claims();
    this.maintenance = tasks.maintenance();
    this.jedis = server.jedis();
  }

  StoreHealth health() {
    return tasks.ports().health().get();
  }

  /// Runs `action` at each signal of one kind.
  void on(Claims.Signal signal, Runnable action) {
    actions.put(signal, action);
    if (actions.size() == 1) {
      claims.listen(told -> actions.getOrDefault(told, () -> {}).run());
    }
  }

  /// Lets another leader hold the lease, as `take-over` does.
  FencingToken lead(long epoch) {
    FencingToken token = new FencingToken(epoch, "%016x".formatted(epoch * 31));
    jedis.set("{scheduler}:format", String.valueOf(StoreFormat.NUMBER));
    jedis.del("{scheduler}:leader");
    jedis.hset(
        "{scheduler}:leader",
        Map.of(
            "epoch",
            Long.toString(epoch),
            "nonce",
            token.nonce(),
            "node",
            "node1",
            "claimSeq",
            "0"));
    sequence = 0;
    return token;
  }

  static byte[] payload(String id) {
    return ("{\"id\":\"" + id + "\",\n\t\"x\":1}").getBytes(UTF_8);
  }

  SubmitResult submit(String id, Priority priority) {
    return submit(id, priority, payload(id));
  }

  SubmitResult submit(String id, Priority priority, byte[] payload) {
    return get(intake.submit(id, new NewTask(priority, "log", payload)));
  }

  void submitAll(Priority priority, String... ids) {
    for (String id : ids) {
      submit(id, priority);
    }
  }

  long nextSequence() {
    return ++sequence;
  }

  long sequence() {
    return sequence;
  }

  Claims.Claimed claimed(FencingToken token, int limit) {
    return claims.claim(token, nextSequence(), limit, PriorityShares.STRICT);
  }

  List<Claim> claim(FencingToken token, int limit) {
    return claimed(token, limit).claims();
  }

  Claim claimOne(FencingToken token) {
    return claim(token, 1).getFirst();
  }

  TaskState state(String id) {
    return queries.find(id).orElseThrow().state();
  }

  static List<String> ids(List<Claim> claims) {
    return claims.stream().map(Claim::id).toList();
  }

  static List<String> idsAndAttempts(List<Claim> claims) {
    return claims.stream().map(c -> c.id() + "#" + c.attempt()).toList();
  }

  /// What on a server differs from `before`: a key that is gone shows as null. What follows from
  /// all else; see [QueueIndexes].
  static final Pattern FOLLOWS =
      Pattern.compile("counts|occupied|(queues|turns):(high|medium|low)");

  static Map<String, String> changed(RedisServer server, Map<String, String> before) {
    Map<String, String> now = server.snapshot();
    Map<String, String> changed = new TreeMap<>();
    now.forEach((key, value) -> {
      if (!value.equals(before.get(key))) {
        changed.put(key.replace("{scheduler}:", ""), value);
      }
    });
    before.keySet().stream()
        .filter(key -> !now.containsKey(key))
        .forEach(key -> changed.put(key.replace("{scheduler}:", ""), null));
    changed.keySet().removeIf(key -> FOLLOWS.matcher(key).matches());
    return changed;
  }

  /// Makes a call that blocks on a thread of its own.
  static <T> CompletableFuture<T> later(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> Thread.ofVirtual().start(task));
  }

  /// What a future ends with, its failure unwrapped.
  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    jedis.close();
    tasks.close();
    redis.close();
  }
}
