package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.RedisTaskStore.text;
import static dev.taskscheduler.task.redis.TaskKeys.bytes;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskOverview;
import dev.taskscheduler.task.TaskPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The queries of people: one task with all it has, pages of tasks, why one waits, what there is.
/// Each is one call that reads, within bounds.
final class RedisTaskQueries implements AutoCloseable {
  /// One at a time: none waits for an answer that is not its own, and Redis has other things to do.
  private static final Batcher.Limits LIMITS =
      new Batcher.Limits(1, 4L << 20, 1_000, 64L << 20, Duration.ofSeconds(3));

  private static final LuaScript SHOW = LuaScript.load(RedisTaskQueries.class, "details");
  private static final LuaScript LIST = LuaScript.load(RedisTaskQueries.class, "list");
  private static final LuaScript EXPLAIN = LuaScript.load(RedisTaskQueries.class, "explain");
  private static final LuaScript STATS = LuaScript.load(RedisTaskQueries.class, "stats");

  /// Where a task's record, its value in running and its due time begin in an answer.
  private static final int TASK_IN_EXPLANATION = 1;

  private static final Pattern SUBMITTED = Pattern.compile("[0-9a-f]{13}");

  private final ScriptCalls calls;
  private final TaskKeys keys;
  private final Batcher<Supplier<Object>, Object> views =
      new Batcher<>(
          "redis-view",
          LIMITS,
          view -> 0,
          some -> some.stream().map(RedisTaskStore::again).toList());

  RedisTaskQueries(ScriptCalls calls, TaskKeys keys) {
    this.calls = calls;
    this.keys = keys;
  }

  private CompletableFuture<List<?>> view(
      LuaScript script, List<byte[]> scriptKeys, List<byte[]> args) {
    return RedisTaskStore.translated(
        script.name(),
        views
            .add(() -> calls.eval(script, scriptKeys, args))
            .thenApply(answer -> (List<?>) answer));
  }

  private static String string(Object bytes) {
    return text((byte[]) bytes);
  }

  private static List<byte[]> list(Object answer) {
    return ((List<?>) answer).stream().map(byte[].class::cast).toList();
  }

  CompletableFuture<Optional<TaskDetails>> details(String id) {
    return view(
            SHOW,
            List.of(keys.running, keys.scheduled, keys.cancelling, keys.leaders),
            List.of(keys.taskPrefix, keys.attemptsPrefix, bytes(id)))
        .thenApply(answer ->
            answer.isEmpty()
                ? Optional.empty()
                : TaskRecordCodec.read(
                    (byte[]) answer.getFirst(), record -> details(id, record, answer)));
  }

  private static TaskDetails details(String id, TaskRecordCodec record, List<?> answer) {
    String running = string(answer.get(1));
    Task task = record.task(id, running, string(answer.get(2)));
    List<byte[]> trail = list(answer.get(4));
    return new TaskDetails(
        task,
        record.options(),
        record.charged(),
        AttemptHistory.history(record, task.state(), running, trail, list(answer.get(5))),
        record.payload(),
        AttemptHistory.result(trail),
        (Long) answer.get(3) == 1);
  }

  CompletableFuture<Optional<TaskPage>> list(TaskFilter filter, String cursor) {
    String indexes = ListCursor.indexes(filter);
    Optional<String> from = ListCursor.read(cursor, indexes);
    if (from.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    List<byte[]> args =
        List.of(
            keys.taskPrefix,
            keys.parkedPrefix,
            bytes(filter.limit()),
            bytes(indexes),
            filter.priority().map(TaskRecordCodec::priority).orElse(new byte[0]),
            bytes(filter.type().orElse("")),
            bytes(filter.submittedSince().map(TaskRecordCodec::hexMicros).orElse("0".repeat(13))),
            bytes(filter.submittedBefore().map(TaskRecordCodec::hexMicros).orElse("g")),
            bytes(filter.state().map(RedisTaskQueries::charged).orElse("")),
            bytes(from.get()));
    List<byte[]> scriptKeys =
        List.of(
            keys.running,
            keys.readyHigh,
            keys.readyMedium,
            keys.readyLow,
            keys.parked,
            keys.scheduled,
            keys.dead,
            keys.expired,
            keys.cancelled,
            keys.done,
            keys.retained);
    return view(LIST, scriptKeys, args).thenApply(answer -> Optional.of(page(answer)));
  }

  /// Two states share an index.
  private static String charged(StateName state) {
    return switch (state) {
      case SCHEDULED -> "0";
      case RETRYING -> "1";
      case READY, RUNNING, COMPLETED, DEAD, EXPIRED, CANCELLED -> "";
    };
  }

  private static TaskPage page(List<?> answer) {
    List<Task> tasks = new ArrayList<>(answer.size() / 4);
    for (int i = 1; i < answer.size(); i += 4) {
      String id = string(answer.get(i));
      String running = string(answer.get(i + 2));
      String due = string(answer.get(i + 3));
      TaskRecordCodec.head((byte[]) answer.get(i + 1), record -> record.task(id, running, due))
          .ifPresent(tasks::add);
    }
    String next = string(answer.getFirst());
    return new TaskPage(
        tasks, next.isEmpty() ? Optional.empty() : Optional.of(ListCursor.write(next)));
  }

  CompletableFuture<Optional<Explanation>> explain(String id) {
    return view(
            EXPLAIN,
            List.of(
                keys.running,
                keys.scheduled,
                keys.readyHigh,
                keys.readyMedium,
                keys.readyLow,
                keys.paused,
                keys.stale,
                keys.parked,
                keys.cancelling,
                keys.leaders),
            List.of(
                keys.taskPrefix, keys.attemptsPrefix, bytes(TaskRecordCodec.HEAD_BYTES), bytes(id)))
        .thenApply(answer ->
            answer.isEmpty()
                ? Optional.empty()
                : TaskRecordCodec.head(
                    (byte[]) answer.get(TASK_IN_EXPLANATION),
                    record -> explanation(id, record, answer)));
  }

  private static Explanation explanation(String id, TaskRecordCodec record, List<?> answer) {
    Task task = record.task(id, string(answer.get(2)), string(answer.get(3)));
    long place = (Long) answer.get(7);
    Optional<AttemptRecord> lastBad =
        ((byte[]) answer.get(6)).length == 0
            ? Optional.empty()
            : AttemptHistory.attempt((byte[]) answer.get(6), Map.of());
    TaskOptions options = record.options();
    return new Explanation(
        task,
        TaskRecordCodec.ofMicros(Long.parseLong(string(answer.get(0)))),
        options,
        record.charged(),
        place == 0
            ? Optional.empty()
            : Optional.of(
                new Explanation.InQueue(place, (Long) answer.get(8) == 1, (Long) answer.get(9))),
        answer.stream().skip(10).flatMap(what -> Pause.read(string(what)).stream()).toList(),
        lastBad,
        AttemptHistory.nodes(List.of((byte[]) answer.get(5))).values().stream().findFirst(),
        (Long) answer.get(4) == 1);
  }

  /// What is next, without the counts.
  record Next(Map<Priority, Instant> front, Optional<Instant> due, Map<Pause, Instant> paused) {
    static TaskOverview with(TaskCounts counts, Next next) {
      return new TaskOverview(counts, next.front, next.due, next.paused);
    }
  }

  CompletableFuture<Next> next() {
    return view(
            STATS,
            List.of(keys.readyHigh, keys.readyMedium, keys.readyLow, keys.scheduled, keys.paused),
            List.of(keys.taskPrefix))
        .thenApply(RedisTaskQueries::next);
  }

  private static Next next(List<?> answer) {
    Map<Priority, Instant> front = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      String submitted = string(answer.get(priority.ordinal()));
      if (SUBMITTED.matcher(submitted).matches()) {
        front.put(priority, TaskRecordCodec.ofMicros(Long.parseLong(submitted, 16)));
      }
    }
    String due = string(answer.get(3));
    return new Next(
        front,
        due.isEmpty() ? Optional.empty() : Optional.of(TaskRecordCodec.dueAt(due)),
        RedisTaskCommands.paused(answer.subList(4, answer.size())));
  }

  @Override
  public void close() {
    views.close();
  }
}
