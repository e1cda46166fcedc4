package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.History;
import dev.taskscheduler.task.PastLeader;
import dev.taskscheduler.task.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers questions about the whole scheduler, each by one script call that only reads.
final class RedisClusterQueries implements ClusterQueries, AutoCloseable {
  private static final Batcher.Limits ONE_BY_ONE =
      new Batcher.Limits(1, 1, 100, 1L << 20, RedisTasks.LONGEST_WAIT);

  private static final LuaScript OVERVIEW = LuaScript.load(RedisClusterQueries.class, "overview");

  private static final LuaScript HISTORY = LuaScript.load(RedisClusterQueries.class, "history");
  private static final LuaScript LEADERS = LuaScript.load(RedisClusterQueries.class, "leaders");

  /// As `lua/history.lua` has it.
  private static final int SLOT_BYTES = 40;

  private static final Pattern SLOT = Pattern.compile("[0-9a-fA-F]{40}");

  /// As `record_leader` in `lua/index.lua` writes it.
  private static final Pattern LEADER =
      Pattern.compile(
          "(\\d{1,15}) ([A-Za-z0-9._-]{1,64})"
              + "(?:\t([a-z]{1,20})\t(\\d{1,15})\t([a-z]{1,20}))?");

  /// Where the pauses begin in an answer of overview.lua.
  private static final int PAUSES = 28;

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
        some(answer.subList(21, 24)),
        new ActivityCounts(
            (Long) answer.get(24),
            (Long) answer.get(25),
            (Long) answer.get(26),
            (Long) answer.get(27)));
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
  public History history(History.Window window) {
    List<?> answer = ask(HISTORY, window.ordinal() + 1);
    long seconds = (Long) answer.get(1);
    int places = Math.toIntExact((Long) answer.get(2));
    String slots = text(answer.get(3));
    long current = (Long) answer.get(0) / seconds; // not over yet
    List<ActivityCounts> steps = new ArrayList<>(window.steps());
    for (long number = current - window.steps(); number < current; number++) {
      steps.add(slot(slots, number, (int) (number % places)));
    }
    return new History(
        Duration.ofSeconds(seconds),
        Instant.ofEpochSecond((current - window.steps()) * seconds),
        steps);
  }

  /// The counts of a slot; none where another one, or something else, stands in its place.
  private static ActivityCounts slot(String slots, long number, int place) {
    int from = place * SLOT_BYTES;
    if (from + SLOT_BYTES > slots.length()) {
      return ActivityCounts.NONE;
    }
    String slot = slots.substring(from, from + SLOT_BYTES);
    if (!SLOT.matcher(slot).matches() || hex(slot, 0) != number) {
      return ActivityCounts.NONE;
    }
    return new ActivityCounts(hex(slot, 1), hex(slot, 2), hex(slot, 3), hex(slot, 4));
  }

  private static long hex(String slot, int field) {
    return Long.parseLong(slot, 8 * field, 8 * field + 8, 16);
  }

  @Override
  public List<PastLeader> leaders(int limit) {
    return ask(LEADERS, limit).stream().flatMap(leader -> leader(text(leader)).stream()).toList();
  }

  /// Empty for what no node wrote.
  private static Optional<PastLeader> leader(String text) {
    Matcher parts = LEADER.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new PastLeader(
            parts.group(2),
            Long.parseLong(parts.group(1)),
            Optional.ofNullable(parts.group(3)),
            Optional.ofNullable(parts.group(4)).map(Long::valueOf).map(Instant::ofEpochMilli),
            Optional.ofNullable(parts.group(5))));
  }

  @Override
  public void close() {
    questions.close();
  }
}
