package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.ScheduleView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Compares all that Redis shows of schedules and their tasks with a [ScheduleModel].
final class ScheduleComparison {
  private static final String NS = "{scheduler}:";
  private static final long LONG_AGO = Duration.ofHours(1).toMillis();

  private final ScheduleRun run;
  private final StoreOnRedis store;
  private final ScheduleModel model;

  ScheduleComparison(ScheduleRun run) {
    this.run = run;
    store = run.store;
    model = run.model;
  }

  void compare() {
    long now = run.redisMs();
    Map<String, String> expected = new TreeMap<>();
    model.schedules.forEach((name, s) -> expected.put(name, shown(s)));
    Map<String, String> found = new TreeMap<>();
    for (ScheduleView each : store.schedules.list("", 10).schedules()) {
      found.put(each.name(), shown(each));
      assertEquals(
          run.generations.get(model.schedules.get(each.name()).generation), each.generation());
    }
    assertSame(expected, found);
    model.schedules.forEach((name, s) ->
        assertEquals(s.records, store.schedules.records(name).stream().map(this::entry).toList()));
    compareDue(now);
    compareTasks();
  }

  private static String shown(ModelSchedule s, List<String> runs) {
    return String.join(
        "\n",
        s.state().toString(),
        s.next.toString(),
        s.fires.toString(),
        s.remaining.toString(),
        runs.toString(),
        s.buffer.toString(),
        s.pause.orElse(""),
        s.isFull ? "too many tasks are pending" : "");
  }

  private String shown(ModelSchedule s) {
    return shown(s, model.open(s));
  }

  private static String shown(ScheduleView s) {
    return String.join(
        "\n",
        s.state().toString(),
        s.next().map(Instant::toEpochMilli).toString(),
        s.firesAt().map(Instant::toEpochMilli).toString(),
        s.remaining().toString(),
        s.runs().toString(),
        s.buffered().stream().map(Instant::toEpochMilli).toList().toString(),
        s.note(),
        s.fault());
  }

  private ModelSchedule.Entry entry(FireRecord record) {
    return new ModelSchedule.Entry(
        record.planned().toEpochMilli(), record.outcome(), record.task(), record.missed());
  }

  private void compareDue(long now) {
    Map<String, Long> expected = new TreeMap<>();
    model.schedules.forEach((name, s) -> s.due.ifPresent(at -> expected.put(name, at)));
    Map<String, Long> found = new TreeMap<>();
    store
        .jedis
        .zrangeWithScores(NS + "due", 0, -1)
        .forEach(each -> {
          long at = (long) each.getScore();
          boolean isRedisTime = at == 0 || at > now - LONG_AGO && at <= now;
          found.put(each.getElement(), isRedisTime ? ScheduleModel.AT_ONCE : at);
        });
    assertSame(expected, found);
  }

  private void compareTasks() {
    Map<String, String> expected = new TreeMap<>();
    model.tasks.forEach((id, run) ->
        expected.put(
            id,
            "%s s=%s i=%d n=%d%s"
                .formatted(
                    letter(run),
                    run.schedule,
                    run.planned,
                    run.missed,
                    run.cancelling ? " cancelling" : "")));
    Map<String, String> found = new TreeMap<>();
    Set<String> cancelling = store.jedis.hkeys(NS + "cancelling");
    Set<String> running = store.jedis.hkeys(NS + "running");
    Set<String> instants = new HashSet<>();
    for (String key : store.jedis.keys(NS + "task:*")) {
      String id = key.substring((NS + "task:").length());
      String record = store.jedis.get(key);
      String head = record.substring(0, record.indexOf('\n'));
      String state = running.contains(id) ? "r" : head.substring(0, 1);
      String planned = option(head, 'i');
      found.put(
          id,
          "%s s=%s i=%s n=%s%s"
              .formatted(
                  state,
                  option(head, 's'),
                  planned,
                  option(head, 'n'),
                  cancelling.contains(id) ? " cancelling" : ""));
      assertTrue(instants.add(option(head, 's') + " " + planned), "an instant has two tasks");
    }
    assertSame(expected, found);
    var counts = store.queries.counts();
    long pending =
        counts.running()
            + counts.scheduled()
            + counts.ready().values().stream().mapToLong(Long::longValue).sum();
    assertEquals(ScheduleRun.PENDING - model.room(), pending, "pending");
  }

  /// Shows only what differs.
  private static void assertSame(Map<String, ?> expected, Map<String, ?> found) {
    Map<String, Object> missing = new TreeMap<>(expected);
    missing.entrySet().removeAll(found.entrySet());
    Map<String, Object> surplus = new TreeMap<>(found);
    surplus.entrySet().removeAll(expected.entrySet());
    assertEquals(missing, surplus);
  }

  private static String option(String head, char code) {
    int from = head.indexOf(" " + code + "=");
    return from < 0 ? "0" : head.substring(from + 3).split("[ \t]", 2)[0];
  }

  private static String letter(ModelScheduleRun run) {
    return switch (run.state) {
      case WAITING -> "w";
      case RUNNING -> "r";
      case COMPLETED -> "c";
      case DEAD -> "d";
      case CANCELLED -> "x";
    };
  }
}
