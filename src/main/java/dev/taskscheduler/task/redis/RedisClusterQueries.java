package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.Situation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Answers questions about the whole scheduler, each by one script call that only reads.
final class RedisClusterQueries implements ClusterQueries, AutoCloseable {
  private static final Batcher.Limits ONE_BY_ONE =
      new Batcher.Limits(1, 1, 100, 1L << 20, RedisTasks.LONGEST_WAIT);

  private static final LuaScript OVERVIEW = LuaScript.load(RedisClusterQueries.class, "overview");

  /// Where the pauses begin in an answer of overview.lua.
  private static final int PAUSES = 24;

  private final ScriptCalls calls;
  private final Batcher<Question, List<?>> questions =
      new Batcher<>(
          "redis-overview",
          ONE_BY_ONE,
          question -> 0,
          some -> some.stream().<List<?>>map(this::answer).toList());

  private record Question(LuaScript script, List<?> args) {}

  RedisClusterQueries(ScriptCalls calls) {
    this.calls = calls;
  }

  private List<?> answer(Question question) {
    return ScriptCalls.again(() -> calls.list(question.script, question.args.toArray()));
  }

  private List<?> ask(LuaScript script, Object... args) {
    return StoreExceptions.await(script.name(), questions.add(new Question(script, List.of(args))));
  }

  @Override
  public Situation situation() {
    List<?> answer = ask(OVERVIEW, TaskRecordCodec.HEAD_BYTES);
    return new Situation(
        Instant.ofEpochMilli((Long) answer.get(16)),
        RedisTaskQueries.overview(
            RedisTaskQueries.counts(answer.subList(0, 12)),
            answer.subList(12, 16),
            answer.subList(PAUSES, answer.size())),
        some(answer.subList(17, 20)),
        (Long) answer.get(20),
        some(answer.subList(21, PAUSES)));
  }

  /// @param answer how many, the first one's name, and a time in ms
  private static Situation.Some some(List<?> answer) {
    String time = text(answer.get(2));
    return time.isEmpty()
        ? new Situation.Some((Long) answer.getFirst(), Optional.empty(), Optional.empty())
        : new Situation.Some(
            (Long) answer.getFirst(),
            Optional.of(text(answer.get(1))),
            Optional.of(TaskRecordCodec.dueAt(time)));
  }

  @Override
  public void close() {
    questions.close();
  }
}
