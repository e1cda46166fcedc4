package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.TaskKeys.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.Rights;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOverview;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Keeps tasks in Redis: submissions that wait at the same moment go in one script call, and so do
/// questions.
public final class RedisTaskStore implements TaskStore, AutoCloseable {
  /// A call takes about four seconds at the worst: with this wait each future ends within ten.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private static final Batcher.Limits SUBMISSIONS =
      new Batcher.Limits(500, 4L << 20, 20_000, 64L << 20, LONGEST_WAIT);
  private static final Batcher.Limits QUESTIONS =
      new Batcher.Limits(200, 4L << 20, 20_000, 256L << 20, LONGEST_WAIT);

  static final Duration ASK_AGAIN_WITHIN = Duration.ofMillis(500);

  private static final LuaScript FIND = LuaScript.load(RedisTaskStore.class, "status");
  private static final LuaScript COUNT = LuaScript.load(RedisTaskStore.class, "count");

  /// Stands for a question about the counts among the questions about tasks.
  private static final String COUNTS = "";

  /// Where the times of waiting begin in an answer of count.lua.
  private static final int WAITED_IN_COUNTS = 9;

  private final ScriptCalls calls;
  private final TaskKeys keys;
  private final TaskLimits limits;
  private final RedisHealth health;
  private final DurableWrites durable;
  private final Batcher<Submissions.NewRecord, SubmitResult> submissions;

  /// Two for those that come by the hundred, so that one call is made up while Redis runs another.
  private final List<Batcher<Submissions.NewRecord, SubmitResult>> bulk;

  /// One for each durability: what one disk has is not what a replica has.
  private final Map<Durability, Batcher<Submissions.NewRecord, SubmitResult>> durableSubmissions =
      new EnumMap<>(Durability.class);

  private final RedisTaskCommands orders;
  private final RedisTaskQueries views;
  private final Batcher<String, Optional<Task>> questions;
  private final Batcher<String, TaskCounts> counts;

  /// @param redis a pool of at least three connections, not closed by this store
  public RedisTaskStore(Redis redis, Namespace namespace, TaskLimits limits) {
    this.keys = new TaskKeys(namespace);
    this.calls = new ScriptCalls(redis, keys);
    this.limits = limits;
    this.health = new RedisHealth(redis, keys);
    this.durable = new DurableWrites(redis, calls, health::last);
    Rights rights = new Rights(redis, namespace);
    Submissions kept = new Submissions(durable, rights, keys, limits);
    this.submissions = lane("redis-submit", kept, Durability.MEMORY);
    this.bulk =
        Stream.of("redis-bulk-1", "redis-bulk-2")
            .map(name -> lane(name, kept, Durability.MEMORY))
            .toList();
    for (Durability durability : List.of(Durability.REPLICA, Durability.FSYNC)) {
      durableSubmissions.put(
          durability, lane("redis-submit-" + durability.wire(), kept, durability));
    }
    this.orders = new RedisTaskCommands(calls, rights, keys, limits);
    this.views = new RedisTaskQueries(calls, keys);
    this.questions =
        new Batcher<>("redis-find", QUESTIONS, id -> TaskRecordCodec.HEAD_BYTES, this::findAll);
    this.counts = new Batcher<>("redis-count", QUESTIONS, id -> 0, this::countAll);
  }

  private static Batcher<Submissions.NewRecord, SubmitResult> lane(
      String name, Submissions kept, Durability durability) {
    return new Batcher<>(
        name, SUBMISSIONS, r -> r.body().length, some -> kept.all(some, durability));
  }

  @Override
  public CompletableFuture<SubmitResult> submit(String id, NewTask task) {
    return submit(id, task, submissions);
  }

  @Override
  public CompletableFuture<SubmitResult> submit(String id, NewTask task, int stream) {
    return submit(id, task, bulk.get(Math.floorMod(stream, bulk.size())));
  }

  private CompletableFuture<SubmitResult> submit(
      String id, NewTask task, Batcher<Submissions.NewRecord, SubmitResult> usual) {
    Durability wanted = task.terms().durability();
    Optional<String> lacking = durable.lacks(wanted);
    if (lacking.isPresent()) {
      return CompletableFuture.completedFuture(new SubmitResult.NotDurable(lacking.get()));
    }
    Submissions.NewRecord record =
        new Submissions.NewRecord(id, TaskRecordCodec.how(task), TaskRecordCodec.body(task));
    Batcher<Submissions.NewRecord, SubmitResult> lane =
        durableSubmissions.getOrDefault(wanted, usual);
    return translated("submit", lane.add(record));
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  @Override
  public CompletableFuture<Optional<Task>> find(String id) {
    return translated("find", questions.add(id));
  }

  static <T> CompletableFuture<T> translated(String call, CompletableFuture<T> answer) {
    return answer.exceptionallyCompose(
        e -> CompletableFuture.failedFuture(StoreExceptions.translate(call, e)));
  }

  private List<Optional<Task>> findAll(List<String> ids) {
    List<byte[]> args = new ArrayList<>(2 + ids.size());
    args.add(keys.taskPrefix);
    args.add(bytes(TaskRecordCodec.HEAD_BYTES));
    ids.forEach(id -> args.add(bytes(id)));
    List<?> answer = (List<?>) ask(FIND, List.of(keys.running, keys.scheduled), args);
    List<Optional<Task>> tasks = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      byte[] head = (byte[]) answer.get(3 * i);
      String running = new String((byte[]) answer.get(3 * i + 1), ISO_8859_1);
      String due = new String((byte[]) answer.get(3 * i + 2), ISO_8859_1);
      String id = ids.get(i);
      tasks.add(TaskRecordCodec.head(head, record -> record.task(id, running, due)));
    }
    return tasks;
  }

  /// A question whose connection turns out to be broken is asked once more; not one that was waited
  /// for in vain.
  private Object ask(LuaScript script, List<byte[]> scriptKeys, List<byte[]> args) {
    return again(() -> calls.eval(script, scriptKeys, args));
  }

  /// A call that may be repeated, once more if its connection turns out to be broken.
  static Object again(Supplier<Object> call) {
    long start = System.nanoTime();
    try {
      return call.get();
    } catch (RedisException.Unknown e) {
      if (System.nanoTime() - start > ASK_AGAIN_WITHIN.toNanos()) {
        throw e;
      }
      return call.get();
    }
  }

  @Override
  public CompletableFuture<TaskCounts> counts() {
    return translated("count", counts.add(COUNTS));
  }

  private List<TaskCounts> countAll(List<String> questions) {
    List<?> answer =
        (List<?>)
            ask(
                COUNT,
                List.of(
                    keys.readyHigh,
                    keys.readyMedium,
                    keys.readyLow,
                    keys.scheduled,
                    keys.running,
                    keys.done,
                    keys.retained,
                    keys.dead,
                    keys.expired,
                    keys.cancelled,
                    keys.parked,
                    keys.stale),
                List.of(
                    keys.parkedPrefix,
                    keys.taskPrefix,
                    keys.attemptsPrefix,
                    bytes(TaskRecordCodec.HEAD_BYTES)));
    Map<Priority, Long> ready = new EnumMap<>(Priority.class);
    Map<Priority, Duration> waited = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      ready.put(priority, (Long) answer.get(priority.ordinal()));
      long ms = (Long) answer.get(WAITED_IN_COUNTS + priority.ordinal());
      if (ms >= 0) {
        waited.put(priority, Duration.ofMillis(ms));
      }
    }
    TaskCounts counted =
        new TaskCounts(
            ready,
            waited,
            (Long) answer.get(3),
            (Long) answer.get(4),
            (Long) answer.get(5),
            (Long) answer.get(6),
            (Long) answer.get(7),
            (Long) answer.get(8));
    return Collections.nCopies(questions.size(), counted);
  }

  @Override
  public CompletableFuture<Cancellation> cancel(String id) {
    return orders.cancel(id);
  }

  @Override
  public CompletableFuture<List<RetryResult>> revive(List<String> ids) {
    return orders.revive(ids);
  }

  @Override
  public CompletableFuture<Boolean> pause(Pause what) {
    return orders.pause(what);
  }

  @Override
  public CompletableFuture<Void> resume(Pause what) {
    return orders.resume(what);
  }

  @Override
  public CompletableFuture<Map<Pause, Instant>> paused() {
    return orders.paused();
  }

  @Override
  public CompletableFuture<Optional<TaskDetails>> details(String id) {
    return views.details(id);
  }

  @Override
  public CompletableFuture<Optional<TaskPage>> list(TaskFilter filter, String cursor) {
    return views.list(filter, cursor);
  }

  @Override
  public CompletableFuture<Optional<Explanation>> explain(String id) {
    return views.explain(id);
  }

  @Override
  public CompletableFuture<TaskOverview> overview() {
    return counts().thenCombine(views.next(), RedisTaskQueries.Next::with);
  }

  @Override
  public StoreHealth health() {
    return health.last();
  }

  @Override
  public void close() {
    submissions.close();
    durableSubmissions.values().forEach(Batcher::close);
    bulk.forEach(Batcher::close);
    orders.close();
    views.close();
    questions.close();
    counts.close();
    health.close();
  }
}
