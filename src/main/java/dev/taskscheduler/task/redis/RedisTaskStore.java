package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.TaskKeys.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.Submission;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Keeps tasks in Redis: submissions that wait at the same moment go in one script call, and so do
/// questions.
public final class RedisTaskStore implements TaskStore, AutoCloseable {
  /// A call takes about four seconds at the worst: with this wait each future ends within ten.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private static final Batcher.Limits SUBMISSIONS =
      new Batcher.Limits(500, 4L << 20, 20_000, 64L << 20, LONGEST_WAIT);
  private static final Batcher.Limits QUESTIONS =
      new Batcher.Limits(200, 4L << 20, 20_000, 256L << 20, LONGEST_WAIT);

  /// How long a submission whose connection broke is sent again, with the same id, before its
  /// outcome is given up as unknown.
  private static final Duration SEND_AGAIN = Duration.ofMillis(1500);

  private static final Duration ASK_AGAIN_WITHIN = Duration.ofMillis(500);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final LuaScript SUBMIT = LuaScript.load(RedisTaskStore.class, "submit");
  private static final LuaScript FIND = LuaScript.load(RedisTaskStore.class, "find");
  private static final LuaScript COUNT = LuaScript.load(RedisTaskStore.class, "count");

  private record NewRecord(byte[] id, byte[] how, byte[] body) {}

  /// Stands for a question about the counts among the questions about tasks.
  private static final String COUNTS = "";

  private final Redis redis;
  private final TaskKeys keys;
  private final TaskLimits limits;
  private final RedisHealth health;
  private final Batcher<NewRecord, Boolean> submissions;
  private final Batcher<String, Optional<Task>> questions;
  private final Batcher<String, TaskCounts> counts;

  /// @param redis a pool of at least three connections, not closed by this store
  public RedisTaskStore(Redis redis, Namespace namespace, TaskLimits limits) {
    this.redis = redis;
    this.keys = new TaskKeys(namespace);
    this.limits = limits;
    this.health = new RedisHealth(redis);
    this.submissions =
        new Batcher<>("redis-submit", SUBMISSIONS, r -> r.body.length, this::submitAll);
    this.questions =
        new Batcher<>("redis-find", QUESTIONS, id -> TaskRecord.HEAD_BYTES, this::findAll);
    this.counts = new Batcher<>("redis-count", QUESTIONS, id -> 0, this::countAll);
  }

  @Override
  public CompletableFuture<Submission> submit(String id, NewTask task) {
    NewRecord record = new NewRecord(bytes(id), TaskRecord.how(task), TaskRecord.body(task));
    return submissions
        .add(record)
        .handle((kept, failure) -> {
          if (failure != null) {
            throw Failures.translate("submit", failure);
          }
          return kept ? new Submission.Accepted(id) : new Submission.QueueFull(limits.maxPending());
        });
  }

  private List<Boolean> submitAll(List<NewRecord> records) {
    List<byte[]> args = new ArrayList<>(4 + 3 * records.size());
    args.add(keys.taskPrefix);
    args.add(bytes(keys.wakeChannel));
    args.add(bytes(keys.careChannel));
    args.add(bytes(limits.maxPending()));
    for (NewRecord record : records) {
      args.add(record.id);
      args.add(record.how);
      args.add(record.body);
    }
    Object answer = evalAgain(keys.fenceAndReady(keys.scheduled, keys.running), args);
    List<Boolean> kept = new ArrayList<>(records.size());
    for (Object one : (List<?>) answer) {
      kept.add(((Long) one) == 1);
    }
    return kept;
  }

  /// Sends a submission until it is answered or its time is over: the same ids again, so each is
  /// kept once.
  private Object evalAgain(List<byte[]> scriptKeys, List<byte[]> args) {
    long end = System.nanoTime() + SEND_AGAIN.toNanos();
    RedisException.Unknown unknown = null;
    while (true) {
      try {
        return redis.eval(SUBMIT, scriptKeys, args);
      } catch (RedisException.Unknown e) {
        unknown = e;
      } catch (RedisException.Unreachable e) {
        if (System.nanoTime() >= end) {
          throw unknown == null ? e : unknown; // an earlier try may have happened
        }
      } catch (RedisException.Refused e) {
        if (!e.code().equals("LOADING") || System.nanoTime() >= end) {
          throw unknown == null ? e : unknown;
        }
      }
      if (System.nanoTime() >= end) {
        throw unknown;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts a lane", e);
      }
    }
  }

  @Override
  public CompletableFuture<Optional<Task>> find(String id) {
    return questions
        .add(id)
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(Failures.translate("find", e)));
  }

  private List<Optional<Task>> findAll(List<String> ids) {
    List<byte[]> args = new ArrayList<>(2 + ids.size());
    args.add(keys.taskPrefix);
    args.add(bytes(TaskRecord.HEAD_BYTES));
    ids.forEach(id -> args.add(bytes(id)));
    List<?> answer = (List<?>) ask(FIND, List.of(keys.running, keys.scheduled), args);
    List<Optional<Task>> tasks = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      byte[] head = (byte[]) answer.get(3 * i);
      String running = new String((byte[]) answer.get(3 * i + 1), ISO_8859_1);
      String due = new String((byte[]) answer.get(3 * i + 2), ISO_8859_1);
      tasks.add(
          TaskRecord.isOne(head)
              ? Optional.of(new TaskRecord(head).task(ids.get(i), running, due))
              : Optional.empty());
    }
    return tasks;
  }

  /// A question whose connection turns out to be broken is asked once more; not one that was waited
  /// for in vain.
  private Object ask(LuaScript script, List<byte[]> scriptKeys, List<byte[]> args) {
    long start = System.nanoTime();
    try {
      return redis.eval(script, scriptKeys, args);
    } catch (RedisException.Unknown e) {
      if (System.nanoTime() - start > ASK_AGAIN_WITHIN.toNanos()) {
        throw e;
      }
      return redis.eval(script, scriptKeys, args);
    }
  }

  @Override
  public CompletableFuture<TaskCounts> counts() {
    return counts
        .add(COUNTS)
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(Failures.translate("count", e)));
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
                    keys.dead),
                List.of());
    Map<Priority, Long> ready = new EnumMap<>(Priority.class);
    ready.put(Priority.HIGH, (Long) answer.get(0));
    ready.put(Priority.MEDIUM, (Long) answer.get(1));
    ready.put(Priority.LOW, (Long) answer.get(2));
    TaskCounts counted =
        new TaskCounts(
            ready,
            (Long) answer.get(3),
            (Long) answer.get(4),
            (Long) answer.get(5),
            (Long) answer.get(6));
    return Collections.nCopies(questions.size(), counted);
  }

  @Override
  public StoreHealth health() {
    return health.last();
  }

  @Override
  public void close() {
    submissions.close();
    questions.close();
    counts.close();
    health.close();
  }
}
