package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;

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
import dev.taskscheduler.task.TaskQueries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Answers questions about tasks. Each is one script call that only reads, within bounds; the
/// questions that programs ask often, states and counts, are answered in batches.
final class RedisTaskQueries implements TaskQueries, AutoCloseable {
  private static final Batcher.Limits BATCHES =
      new Batcher.Limits(200, 4L << 20, 20_000, 256L << 20, RedisTasks.LONGEST_WAIT);

  /// One at a time: none waits for an answer that is not its own, and Redis has other things to do.
  private static final Batcher.Limits ONE_BY_ONE =
      new Batcher.Limits(1, 4L << 20, 1_000, 64L << 20, RedisTasks.LONGEST_WAIT);

  private static final LuaScript STATUS = LuaScript.load(RedisTaskQueries.class, "status");
  private static final LuaScript COUNT = LuaScript.load(RedisTaskQueries.class, "count");

  private static final LuaScript DETAILS = LuaScript.load(RedisTaskQueries.class, "details");
  private static final LuaScript LIST = LuaScript.load(RedisTaskQueries.class, "list");
  private static final LuaScript EXPLAIN = LuaScript.load(RedisTaskQueries.class, "explain");
  private static final LuaScript STATS = LuaScript.load(RedisTaskQueries.class, "stats");

  /// Where the times of waiting begin in an answer of count.lua.
  private static final int WAITED_IN_COUNTS = 9;

  private static final Pattern SUBMITTED = Pattern.compile("[0-9a-f]{13}");

  private final ScriptCalls calls;
  private final Batcher<String, Optional<Task>> ids =
      new Batcher<>("redis-find", BATCHES, id -> TaskRecordCodec.HEAD_BYTES, this::findAll);
  private final Batcher<String, TaskCounts> counts =
      new Batcher<>("redis-count", BATCHES, any -> 0, this::countAll);
  private final Batcher<Supplier<Object>, Object> others =
      new Batcher<>(
          "redis-query",
          ONE_BY_ONE,
          question -> 0,
          some -> some.stream().map(ScriptCalls::again).toList());

  RedisTaskQueries(ScriptCalls calls) {
    this.calls = calls;
  }

  private List<?> ask(LuaScript script, Object... args) {
    return StoreExceptions.await(script.name(), later(script, args));
  }

  private CompletableFuture<List<?>> later(LuaScript script, Object... args) {
    return others.add(() -> calls.eval(script, args)).thenApply(answer -> (List<?>) answer);
  }

  @Override
  public Optional<Task> find(String id) {
    return StoreExceptions.await("find", ids.add(id));
  }

  @Override
  public Map<String, Task> find(Set<String> wanted) {
    List<CompletableFuture<Optional<Task>>> asked = wanted.stream().map(ids::add).toList();
    return asked.stream()
        .flatMap(each -> StoreExceptions.await("find", each).stream())
        .collect(Collectors.toMap(Task::id, task -> task));
  }

  private List<Optional<Task>> findAll(List<String> ids) {
    List<?> answer = ScriptCalls.again(() -> calls.list(STATUS, TaskRecordCodec.HEAD_BYTES, ids));
    List<Optional<Task>> tasks = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      byte[] head = (byte[]) answer.get(4 * i);
      String running = text(answer.get(4 * i + 1));
      String due = text(answer.get(4 * i + 2));
      byte[] lastBad = (byte[]) answer.get(4 * i + 3);
      String id = ids.get(i);
      tasks.add(TaskRecordCodec.head(head, record -> record.task(id, running, due, lastBad)));
    }
    return tasks;
  }

  @Override
  public TaskCounts counts() {
    return StoreExceptions.await("count", counts.add(""));
  }

  private List<TaskCounts> countAll(List<String> questions) {
    List<?> answer = ScriptCalls.again(() -> calls.list(COUNT, TaskRecordCodec.HEAD_BYTES));
    return Collections.nCopies(questions.size(), counts(answer));
  }

  /// @param answer of count.lua
  static TaskCounts counts(List<?> answer) {
    Map<Priority, Long> ready = new EnumMap<>(Priority.class);
    Map<Priority, Duration> waited = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      ready.put(priority, (Long) answer.get(priority.ordinal()));
      long ms = (Long) answer.get(WAITED_IN_COUNTS + priority.ordinal());
      if (ms >= 0) {
        waited.put(priority, Duration.ofMillis(ms));
      }
    }
    return new TaskCounts(
        ready,
        waited,
        (Long) answer.get(3),
        (Long) answer.get(4),
        (Long) answer.get(5),
        (Long) answer.get(6),
        (Long) answer.get(7),
        (Long) answer.get(8));
  }

  private static List<byte[]> list(Object answer) {
    return ((List<?>) answer).stream().map(byte[].class::cast).toList();
  }

  @Override
  public Optional<TaskDetails> details(String id) {
    List<?> answer = ask(DETAILS, id);
    return answer.isEmpty()
        ? Optional.empty()
        : TaskRecordCodec.read((byte[]) answer.getFirst(), record -> details(id, record, answer));
  }

  private static TaskDetails details(String id, TaskRecordCodec record, List<?> answer) {
    String running = text(answer.get(1));
    List<byte[]> lines = list(answer.get(4));
    byte[] last = lines.isEmpty() ? new byte[0] : lines.getLast();
    Task task = record.task(id, running, text(answer.get(2)), last);
    return new TaskDetails(
        task,
        record.options(),
        record.charged(),
        AttemptHistory.history(record, task.state(), running, lines, list(answer.get(5))),
        record.payload(),
        AttemptHistory.result(lines),
        (Long) answer.get(3) == 1,
        callback(answer.subList(6, answer.size())));
  }

  /// @param answer its id and what is known of it
  private static Optional<TaskDetails.CallbackTask> callback(List<?> answer) {
    String id = text(answer.get(0));
    if (id.isEmpty()) {
      return Optional.empty();
    }
    String running = text(answer.get(2));
    String due = text(answer.get(3));
    byte[] last = (byte[]) answer.get(4);
    return Optional.of(
        new TaskDetails.CallbackTask(
            id,
            TaskRecordCodec.head(
                (byte[]) answer.get(1), record -> record.task(id, running, due, last))));
  }

  @Override
  public Optional<TaskPage> list(TaskFilter filter, String cursor) {
    Optional<String> from = ListCursor.read(cursor, filter);
    if (from.isEmpty()) {
      return Optional.empty();
    }
    List<?> answer =
        ask(
            LIST,
            filter.limit(),
            ListCursor.indexes(filter),
            filter.priority().map(Priority::wire).orElse(""),
            filter.type().orElse(""),
            filter.queue().orElse(""),
            filter.submittedSince().map(TaskRecordCodec::hexMicros).orElse("0".repeat(13)),
            filter.submittedBefore().map(TaskRecordCodec::hexMicros).orElse("g"),
            charged(filter.states()),
            from.get(),
            filter.words().tag().orElse(""),
            filter.words().uniqueKeyHash().orElse(""),
            filter.words().error().orElse(""),
            filter.newest() ? 1 : "",
            filter.words().id().orElse(""));
    return Optional.of(page(answer, filter));
  }

  /// Two states share an index.
  private static String charged(Set<StateName> states) {
    return states.contains(StateName.SCHEDULED) == states.contains(StateName.RETRYING)
        ? ""
        : states.contains(StateName.RETRYING) ? "1" : "0";
  }

  private static TaskPage page(List<?> answer, TaskFilter filter) {
    List<Task> tasks = new ArrayList<>(answer.size() / 5);
    for (int i = 1; i < answer.size(); i += 5) {
      String id = text(answer.get(i));
      String running = text(answer.get(i + 2));
      String due = text(answer.get(i + 3));
      byte[] last = (byte[]) answer.get(i + 4);
      TaskRecordCodec.head(
              (byte[]) answer.get(i + 1), record -> record.task(id, running, due, last))
          .ifPresent(tasks::add);
    }
    String next = text(answer.getFirst());
    return new TaskPage(
        tasks, next.isEmpty() ? Optional.empty() : Optional.of(ListCursor.write(next, filter)));
  }

  @Override
  public Optional<Explanation> explain(String id) {
    List<?> answer = ask(EXPLAIN, TaskRecordCodec.HEAD_BYTES, id);
    return answer.isEmpty()
        ? Optional.empty()
        : TaskRecordCodec.head((byte[]) answer.get(1), record -> explanation(id, record, answer));
  }

  private static Explanation explanation(String id, TaskRecordCodec record, List<?> answer) {
    Task task = record.task(id, text(answer.get(2)), text(answer.get(3)), (byte[]) answer.get(6));
    long place = (Long) answer.get(7);
    Optional<AttemptRecord> lastBad =
        ((byte[]) answer.get(6)).length == 0
            ? Optional.empty()
            : AttemptHistory.attempt((byte[]) answer.get(6), Map.of());
    TaskOptions options = record.options();
    return new Explanation(
        task,
        TaskRecordCodec.ofMicros(Long.parseLong(text(answer.get(0)))),
        options,
        record.charged(),
        place == 0
            ? Optional.empty()
            : Optional.of(
                new Explanation.InQueue(
                    place, (Long) answer.get(8) == 1, (Long) answer.get(9), (Long) answer.get(10))),
        QueueSettingsCodec.block(answer.subList(11, 15)),
        answer.stream().skip(15).flatMap(what -> Pause.read(text(what)).stream()).toList(),
        lastBad,
        AttemptHistory.nodes(List.of((byte[]) answer.get(5))).values().stream().findFirst(),
        (Long) answer.get(4) == 1);
  }

  @Override
  public TaskOverview overview() {
    CompletableFuture<List<?>> next = later(STATS);
    return StoreExceptions.await(
        "overview",
        counts
            .add("")
            .thenCombine(
                next,
                (counted, answer) ->
                    overview(counted, answer.subList(0, 4), answer.subList(4, answer.size()))));
  }

  /// @param answer of each priority when the first was submitted, and what is due next
  /// @param pauses what is paused and since when, in turns
  static TaskOverview overview(TaskCounts counts, List<?> answer, List<?> pauses) {
    Map<Priority, Instant> front = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      String submitted = text(answer.get(priority.ordinal()));
      if (SUBMITTED.matcher(submitted).matches()) {
        front.put(priority, TaskRecordCodec.ofMicros(Long.parseLong(submitted, 16)));
      }
    }
    String due = text(answer.get(3));
    return new TaskOverview(
        counts,
        front,
        due.isEmpty() ? Optional.empty() : Optional.of(TaskRecordCodec.dueAt(due)),
        RedisTaskCommands.paused(pauses));
  }

  @Override
  public void close() {
    ids.close();
    counts.close();
    others.close();
  }
}
