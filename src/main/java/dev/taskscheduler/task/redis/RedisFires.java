package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static dev.taskscheduler.task.redis.StoreExceptions.blocking;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.spi.FencingToken;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Does the leader's part in schedules, by scripts under its token.
final class RedisFires implements Fires {
  private static final System.Logger LOG = System.getLogger(RedisFires.class.getName());
  private static final LuaScript DUE = LuaScript.load(RedisFires.class, "due");
  private static final LuaScript FIRE = LuaScript.load(RedisFires.class, "fire");
  private static final LuaScript FAULT = LuaScript.load(RedisFires.class, "fault");
  private static final int SHOWN = 8; // values of one schedule
  private static final long LONGEST_MS = Duration.ofHours(1).toMillis();
  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final int LONGEST_FAULT = 300;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final ScriptCalls calls;
  private final FireTasks tasks;
  private final long maxPending;
  private final AtomicLong lineFrom = new AtomicLong(System.nanoTime());

  RedisFires(ScriptCalls calls, Namespace namespace, long maxPending) {
    this.calls = calls;
    this.maxPending = maxPending;
    tasks = new FireTasks(namespace.text(""));
  }

  @Override
  public Due due(FencingToken token, int limit) {
    List<?> answer = blocking("due", () -> calls.list(DUE, token, limit));
    List<DueSchedule> schedules = new ArrayList<>();
    for (int i = 5; i < answer.size(); i += SHOWN) {
      String name = text(answer.get(i));
      try {
        schedules.add(schedule(name, answer.subList(i, i + SHOWN)));
      } catch (IllegalArgumentException e) { // one that cannot be read stops no other
        fault(token, name, "it cannot be read: " + e.getMessage());
      }
    }
    long next = (Long) answer.get(1);
    return new Due(
        TaskRecordCodec.ofMicros(Long.parseLong(text(answer.getFirst()))),
        Duration.ofMillis(next < 0 ? LONGEST_MS : Math.min(next, LONGEST_MS)),
        (Long) answer.get(2) == 1,
        (Long) answer.get(3),
        (Long) answer.get(4),
        schedules);
  }

  private static DueSchedule schedule(String name, List<?> shown) {
    long lastEnd = Long.parseLong(text(shown.get(6)));
    return new DueSchedule(
        name,
        Long.parseLong(text(shown.get(1))),
        ScheduleCodec.read(name, text(shown.get(2))),
        ScheduleCodec.task((byte[]) shown.get(3)),
        Optional.of(text(shown.get(4))).filter(ms -> !ms.isEmpty()).map(RedisFires::instant),
        Integer.parseInt(text(shown.get(5))),
        lastEnd == 0 ? Optional.empty() : Optional.of(TaskRecordCodec.ofMicros(lastEnd)),
        instants(text(shown.get(7))));
  }

  private static Instant instant(String ms) {
    return Instant.ofEpochMilli(Long.parseLong(ms));
  }

  /// @param words milliseconds with spaces between them
  static List<Instant> instants(String words) {
    return words.isEmpty()
        ? List.of()
        : Arrays.stream(words.split(" ", -1)).map(RedisFires::instant).toList();
  }

  @Override
  public List<List<FireOutcome>> fire(FencingToken token, List<Fire> fires) {
    List<Object> args = new ArrayList<>();
    args.add(token);
    args.add(maxPending);
    args.add(TimeZones.RULES);
    fires.forEach(fire -> add(args, fire));
    return blocking("fire", () -> calls.list(FIRE, args.toArray())).stream()
        .map(each -> each instanceof List<?> outcomes ? outcomes : List.of())
        .map(outcomes -> outcomes.stream().map(RedisFires::outcome).toList())
        .toList();
  }

  private static FireOutcome outcome(Object word) {
    return FireOutcome.valueOf(text(word).toUpperCase(Locale.ROOT));
  }

  private void add(List<Object> args, Fire fire) {
    DueSchedule seen = fire.seen();
    args.add(seen.name());
    args.add(seen.generation());
    args.add(ms(seen.next()));
    args.add(ms(fire.next()));
    args.add(fire.waitsForRun() ? "run" : ms(fire.firesAt()));
    args.add(fire.missed());
    args.add(fire.instants().size());
    int missed = fire.missed();
    for (Instant planned : fire.instants()) {
      args.add(planned.toEpochMilli());
      args.add(tasks.id(seen.name(), planned, ""));
      args.add(seen.task().priority().wire());
      args.add(FireTasks.body(seen.name(), seen.task(), planned, missed));
      missed = 0;
    }
  }

  static String ms(Optional<Instant> time) {
    return time.map(at -> String.valueOf(at.toEpochMilli())).orElse("");
  }

  @Override
  public void fault(FencingToken token, String name, String why) {
    if (System.nanoTime() - lineFrom.get() >= 0) { // thousands may have the same fault
      lineFrom.set(System.nanoTime() + BETWEEN_LINES.toNanos());
      LOG.log(Level.WARNING, () -> "schedule cannot fire name=%s why=%s".formatted(name, why));
    }
    String text = why.substring(0, Math.min(why.length(), LONGEST_FAULT));
    byte[] bytes = text.replaceAll("\\p{Cntrl}+", " ").getBytes(StandardCharsets.UTF_8);
    blocking("fault", () -> calls.eval(FAULT, token, name, bytes, AGAIN.toMillis()));
  }
}
