package dev.taskscheduler.task.redis;

import static dev.taskscheduler.redis.ScriptArgs.bytes;
import static dev.taskscheduler.task.redis.ScriptCalls.text;

import dev.taskscheduler.redis.Admission;
import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskIntake;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Stores new tasks in batches: tasks that are submitted at the same moment go in one script call.
final class RedisTaskIntake implements TaskIntake, AutoCloseable {
  private static final Batcher.Limits LIMITS =
      new Batcher.Limits(500, 4L << 20, 20_000, 64L << 20, RedisTasks.LONGEST_WAIT);

  /// How long a submission whose connection broke is sent again, with the same id, before its
  /// outcome is given up as unknown.
  private static final Duration SEND_AGAIN = Duration.ofMillis(1500);

  /// For how long after it was stored a submission may come again: the last that is sent may wait
  /// for its answer, 2 s, and be read by Redis a little later still.
  static final Duration MAY_COME_AGAIN = SEND_AGAIN.plusMillis(3500);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final LuaScript SUBMIT_PLAIN =
      LuaScript.load(RedisTaskIntake.class, "submit-plain");
  private static final LuaScript SUBMIT = LuaScript.load(RedisTaskIntake.class, "submit");

  private final DurableWrites durable;
  private final Admission admission;
  private final TaskLimits limits;
  private final Batcher<NewRecord, SubmitResult> single = lane("redis-submit", Durability.MEMORY);

  /// Two for tasks that come by the hundred, so that one call is made up while Redis runs another.
  private final List<Batcher<NewRecord, SubmitResult>> bulk =
      List.of(lane("redis-bulk-1", Durability.MEMORY), lane("redis-bulk-2", Durability.MEMORY));

  /// One for each durability: what one disk has is not what a replica has.
  private final Map<Durability, Batcher<NewRecord, SubmitResult>> durables =
      Map.of(
          Durability.REPLICA, lane("redis-submit-replica", Durability.REPLICA),
          Durability.FSYNC, lane("redis-submit-fsync", Durability.FSYNC));

  /// @param how a priority, and more only where something is to be looked at
  private record NewRecord(String id, String how, byte[] body) {
    boolean isPlain() {
      return how.indexOf(' ') < 0;
    }
  }

  RedisTaskIntake(DurableWrites durable, Admission admission, TaskLimits limits) {
    this.durable = durable;
    this.admission = admission;
    this.limits = limits;
  }

  private Batcher<NewRecord, SubmitResult> lane(String name, Durability durability) {
    return new Batcher<>(name, LIMITS, r -> r.body.length, some -> all(some, durability));
  }

  @Override
  public CompletableFuture<SubmitResult> submit(String id, NewTask task) {
    return submit(id, task, single);
  }

  @Override
  public CompletableFuture<SubmitResult> submit(String id, NewTask task, int stream) {
    return submit(id, task, bulk.get(Math.floorMod(stream, bulk.size())));
  }

  private CompletableFuture<SubmitResult> submit(
      String id, NewTask task, Batcher<NewRecord, SubmitResult> usual) {
    Durability wanted = task.terms().durability();
    Optional<String> lacking = durable.lacks(wanted);
    if (lacking.isPresent()) {
      return CompletableFuture.completedFuture(new SubmitResult.NotDurable(lacking.get()));
    }
    NewRecord record = new NewRecord(id, TaskRecordCodec.placing(task), TaskRecordCodec.body(task));
    return StoreExceptions.translated("submit", durables.getOrDefault(wanted, usual).add(record));
  }

  /// One answer for each, in their order.
  private List<SubmitResult> all(List<NewRecord> records, Durability wanted) {
    try {
      return untilAnswered(() -> {
        admission.require();
        return submitOnce(records, wanted);
      });
    } catch (RedisException.Raised e) {
      // Not sent again: a record that is there already counts as stored, though no index has it.
      admission.recheck();
      throw e;
    }
  }

  private List<SubmitResult> submitOnce(List<NewRecord> records, Durability wanted) {
    if (arePlain(records)) {
      DurableWrites.Reached plain = durable.eval(SUBMIT_PLAIN, together(records), wanted);
      if (Long.valueOf(1).equals(plain.answer())) {
        return records.stream()
            .<SubmitResult>map(r -> new SubmitResult.Accepted(r.id, plain.durability()))
            .toList();
      } // else something stands in the way of one of them
    }
    DurableWrites.Reached reached = durable.eval(SUBMIT, oneByOne(records), wanted);
    List<?> answers = (List<?>) reached.answer();
    List<SubmitResult> results = new ArrayList<>(records.size());
    for (int i = 0; i < records.size(); i++) {
      results.add(submission(records.get(i).id, answers.get(i), reached.durability()));
    }
    return results;
  }

  /// Whether nothing is to be looked at, nor one task there twice.
  private static boolean arePlain(List<NewRecord> records) {
    Set<String> ids = HashSet.newHashSet(records.size());
    for (NewRecord record : records) {
      if (!record.isPlain() || !ids.add(record.id)) {
        return false;
      }
    }
    return true;
  }

  private List<byte[]> together(List<NewRecord> records) {
    List<NewRecord> sorted = new ArrayList<>(records.size());
    List<byte[]> args = new ArrayList<>(4 + 2 * records.size());
    args.add(bytes(limits.maxPending()));
    for (Priority priority : Priority.values()) {
      int before = sorted.size();
      records.stream().filter(r -> r.how.equals(priority.wire())).forEach(sorted::add);
      args.add(bytes(sorted.size() - before));
    }
    sorted.forEach(r -> args.add(bytes(r.id)));
    sorted.forEach(r -> args.add(r.body));
    return args;
  }

  private List<byte[]> oneByOne(List<NewRecord> records) {
    List<byte[]> args = new ArrayList<>(1 + 3 * records.size());
    args.add(bytes(limits.maxPending()));
    records.forEach(each -> args.addAll(List.of(bytes(each.id), bytes(each.how), each.body)));
    return args;
  }

  private SubmitResult submission(String id, Object answer, Durability reached) {
    String[] words = text(answer).split(" ", 2);
    return switch (words[0]) {
      case "accepted" -> new SubmitResult.Accepted(id, reached);
      case "full" -> new SubmitResult.QueueFull(limits.maxPending());
      case "replayed" -> new SubmitResult.Replayed(words[1], reached);
      case "reused" -> new SubmitResult.KeyReused(words[1]);
      case "duplicate" -> new SubmitResult.Duplicate(words[1]);
      default -> throw new IllegalStateException("submit.lua answered " + words[0]);
    };
  }

  /// Sends a submission until it is answered or its time is over: the same ids again, so each is
  /// stored once.
  private static <T> T untilAnswered(Supplier<T> submission) {
    long end = System.nanoTime() + SEND_AGAIN.toNanos();
    RedisException.Unknown unknown = null;
    while (true) {
      try {
        return submission.get();
      } catch (RedisException.Unknown e) {
        unknown = e;
      } catch (RedisException.Unreachable e) {
        if (System.nanoTime() >= end) {
          throw unknown == null ? e : unknown; // an earlier try may have happened
        }
      } catch (RedisException.Refused e) {
        if (!e.mayPass() || System.nanoTime() >= end) {
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
  public void close() {
    single.close();
    durables.values().forEach(Batcher::close);
    bulk.forEach(Batcher::close);
  }
}
